"""What runs by the clock, and what came of it.

Words: a *job* is something that is done every so often; a *run* is one time that it was done; an *idle*
run found nothing to do; a job is *asked for* when a person wants it to run before its turn.
"""
