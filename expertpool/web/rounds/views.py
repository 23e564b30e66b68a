"""All pages of rounds."""

from expertpool.web.rounds import confirming, listing, making, results
from expertpool.web.rounds.blueprint import blueprint

__all__ = ["blueprint", "confirming", "listing", "making", "results"]
