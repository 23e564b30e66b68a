"""What ties people to people and organisations, and what that means for a review.

Words: a *relation* is a dated tie with a source; a *declaration* is a relation that the person stated;
a *dossier* is everything `conflicts` must know of one person or item.
"""
