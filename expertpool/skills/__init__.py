"""What people know and panels ask for, placed on taxonomies.

Words: a *taxonomy* is a published classification (ICS, GB/T 4754) or the office's own tree; a *skill* is
one node of it; a skill *to be placed* came in as text and waits for its place.
"""
