"""All pages of affinity lists."""

from expertpool.web.affinity import asking, results
from expertpool.web.affinity.blueprint import blueprint

__all__ = ["asking", "blueprint", "results"]
