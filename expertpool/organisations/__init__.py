"""Employers, applicants and offices: names they go by, what they belong to, alliances.

Words: an *alias* is any other name of one organisation (short, English, former); a *department* is an
organisation of that kind under the body it belongs to; an *alliance* joins independent organisations.
"""
