"""Curriculum-based course timetables: each lecture gets a period of the week and a room.

Words: a *course* has several lectures; a *curriculum* is a group of courses that the same students attend; a
*cell* is a period with a room; *rivals* are courses that may not meet at one time; a lecture is *lone* in a
curriculum that has nothing right before or after it; a *clash* is what no plan may have; the *cost* is what a
plan should have little of.

    problem.Problem      what is asked             scoring.score     what a plan costs, counted plainly
    reading              the files                 solving.Search    limits, threads, best so far, stop
    tables, compiled     the search's inside
"""
