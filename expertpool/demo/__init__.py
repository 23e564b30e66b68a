"""An invented office to try the product with: people, organisations, items, panels in every state.

Everybody and everything in it is made up; addresses end in `.example`, which nobody can own.
"""
