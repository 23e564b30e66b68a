"""All pages of invitations."""

from expertpool.web.invitations import (
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
    "answering",
    "blueprint",
    "calling",
    "cohorts",
    "doors",
    "downloading",
    "preparing",
    "vacating",
]
