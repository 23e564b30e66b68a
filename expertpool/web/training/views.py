"""All pages of training."""

from expertpool.web.training import (
    attendance,
    catalogue,
    cohorts,
    course_page,
    courses,
    finishing,
    groups,
    learning,
    lessons,
    offers,
    registering,
    roster,
    verifying,
)
from expertpool.web.training.blueprint import blueprint

__all__ = [
    "attendance",
    "blueprint",
    "catalogue",
    "cohorts",
    "course_page",
    "courses",
    "finishing",
    "groups",
    "learning",
    "lessons",
    "offers",
    "registering",
    "roster",
    "verifying",
]
