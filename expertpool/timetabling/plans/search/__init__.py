"""The inside of the search and of its answers, compiled: annealing over plans that break no hard rule.

A *cell* is a part of the grid of one day; a *body* is whatever can be in one place only: a group of
trainees, a teacher, a room. The plan at hand breaks no hard rule at any time. A step puts a lesson into a
cell, with a room and a teacher; lessons in the way (of the same bodies, out of order, beyond a load) are
lifted first and put elsewhere if they fit, or wait without a place. The step is taken when its change of
cost is at most -T ln(u), for u drawn evenly from (0, 1): the rule of Metropolis; else it is undone.

Read in this order:

    layout       two arrays that hold all tables: what is given, and the plan at hand with its sums
    writing      the only way to change the plan, so that a step can be undone
    costs        what a lesson, a day and a week cost
    standing     put a lesson somewhere, and take it away
    obstacles    what must go before a lesson can stand somewhere
    drawing      which lesson to try next, and where
    forecasting  the least by which a step can change the cost, without trying it
    annealing    the steps

and for answers about one lesson: `fitting` (where it fits), `bars` (what bars it), `easings` (what would
help).
"""
