"""All pages of invitations."""

from expertpool.web.invitations import (
    adding,
    answering,
    calling,
    cohorts,
    doors,
    downloading,
    preparing,
    vacating,
)
from expertpool.web.invitations.blueprint import blueprint

__all__ = [
    "adding",
    "answering",
    "blueprint",
    "calling",
    "cohorts",
    "doors",
    "downloading",
    "preparing",
    "vacating",
]
