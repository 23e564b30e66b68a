"""Ask people to sit on a panel or to teach, hear their answer, and ask the next one.

Words: a *campaign* is what an organiser decided about the invitations of one panel or cohort; an
*invitation* asks one person for one seat or teaching; a *vacancy* is a seat whose holder left; a *call* is
a recorded attempt to reach somebody by phone.
"""
