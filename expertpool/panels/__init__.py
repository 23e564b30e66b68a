"""Review panels: what is reviewed, under which rules, by whom.

Words: a *panel* has *seats* and *alternates*; a *preset* is a set of rules as data; a *run* is one stored
question to the engine with its answer; a *waiver* admits a person in spite of a conflict, with a reason.
"""
