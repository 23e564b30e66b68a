"""How near an expert's writings and skills are to an item: Chinese, English and mixed text, offline.

    for item, best in affinities(experts, items, best=50):
        ...

No Flask, no database: profiles in, scores from 0 to 1 out. docs/affinity.md tells how, and
what was measured.
"""

from expertpool.text.affinity import affinities
from expertpool.text.profile import Profile

__all__ = ["Profile", "affinities"]
