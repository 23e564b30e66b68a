"""Who reviews what in a whole round: many items, many reviewers, each item so many, each reviewer within
limits.

Words: a *pair* is an item with a reviewer; a *score* says how well they fit; a pair without a score scores 0;
a *ban* forbids a pair, a *lock* fixes it; a *load* is how many items a reviewer has; a *crowd* is a group of
reviewers of whom only so many may sit on one item (of one employer, of one region, two kept apart); a *bound*
is a total that no assignment exceeds; a *marginal* is the probability of a pair in a random assignment.

    problem.Round     what is asked            answer.Answer     what comes out
    solving.solve     best, fair or random     reading           the files of the command
"""
