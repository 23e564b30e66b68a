"""One diary of people and rooms: nobody sits or teaches in two places at once.

Words: a *commitment* is a booked time with its source (a seat, a lesson); a *busy time*
is what a person says.
"""
