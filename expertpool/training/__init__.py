"""Courses, their cohorts and lessons, who learns in them, and the certificates they lead to.

Words: a *course* is what is taught; a *cohort* is one run of it with dates and places; a *lesson* is one
meeting of a cohort; a *teaching* is a person's part as a teacher of a cohort; an *enrolment* is a
trainee's part, with a place or in the *waiting list*; an *offer* holds a freed place for a time.
"""
