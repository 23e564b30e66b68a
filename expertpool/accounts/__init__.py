"""Users and how they sign in. What they may do is granted in `access`.

Words: a *link* is a mailed, single-use way to confirm an address, set a password or sign in; a
*sign-in* is one browser session of a user, which can be ended from anywhere.
"""
