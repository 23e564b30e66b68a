"""All pages of timetables."""

from expertpool.web.planning import (
    asking,
    listing,
    moving,
    outlining,
    publishing,
    showing,
    teaching,
    weighing,
)
from expertpool.web.planning.blueprint import blueprint

__all__ = [
    "asking",
    "blueprint",
    "listing",
    "moving",
    "outlining",
    "publishing",
    "showing",
    "teaching",
    "weighing",
]
