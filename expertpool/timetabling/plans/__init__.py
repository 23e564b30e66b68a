"""Training plans: each lesson of a term gets a day, a time, a room and a teacher.

Words: a *lesson* is taught to *cohorts* and single trainees; its *course* is the run that it belongs to; a
*span* is a part of a day without a break; a *placement* is where a lesson stands; a *breach* is a hard rule
that a plan breaks, and none made here does; a *cost* is a soft rule with its weight; what does not fit
is *unplaced*, and an *easing* is what would make it fit.

    problem.Problem    what is asked               result        what comes back
    solving.solve      search for a plan           scoring.check what a plan breaks and costs
    moves              move one lesson: what it breaks, the best places, why it is where it is
    easing, relaxing   the smallest easing that lets an unplaced lesson in, and the problem with it made
    barring            what bars a lesson from places
    changes.changed    what differs from the published plan
    reading, writing   the files
"""
