"""All pages of rounds."""

from expertpool.web.rounds import listing, making, results
from expertpool.web.rounds.blueprint import blueprint

__all__ = ["blueprint", "listing", "making", "results"]
