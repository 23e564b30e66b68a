"""Conflicts of interest: who may not judge what, with the evidence. Pure: no Flask, no database.

`engine.check` compares the *item side* (what is reviewed, who applies, leads and contributes) with
a pool of people; `engine.pairs` compares the people of one panel with each other. Both take frozen
*facts*, a *policy* and the day of the meeting, and return *findings*: a rule, how it is handled
(bar, leave the room, declare), whether it is certain or only possible, and dated evidence as codes
and parameters. Doors put codes into words.

A possible finding (a name alone, an unverified address) asks a person and bars nobody. A *waiver*
lifts a finding and stays on file beside it.
"""
