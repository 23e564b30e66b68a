"""Who is near to what: the experts and items of the database by their texts and skills.

An affinity list names the nearest experts of a pasted text, or of some items; a worker works it out.
"""
