"""What runs by the clock: each module with `EVERY` and `tick(session, now) -> int` is a job.

A job may run on any number of nodes at once: it claims its rows in the database (a lease) or does
nothing the second time. `tick` returns how many things it did.
"""
