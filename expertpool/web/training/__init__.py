"""Courses for everybody, one's own learning, and the pages of those who plan and hold courses."""

from expertpool.errors import N_
from expertpool.web.kit.guards import PUBLIC
from expertpool.web.kit.navigation import Entry

NAV = (
    Entry("training.catalogue", N_("Courses"), PUBLIC, order=64),
    Entry("training.learning", N_("My learning"), "me.profile", order=7),
    Entry("training.cohorts", N_("Training"), "training.view", order=66),
)
