"""Timetables: what the cohorts of an office are to be taught, placed in rooms and times, and published.

Words: an *outline* is the list of lessons that a course consists of; a *lesson to place* is one of them for
one cohort; a *timetable* is an office's draft for some cohorts and days; a *placement* gives a lesson its
time, room and teacher in it, and may be *pinned*; a *run* asks the engine for a whole draft. Publishing turns
placements into lessons of `training`, which books rooms and people.
"""
