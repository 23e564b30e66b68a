"""Documents that are printed, sealed and filed: minutes, rosters, sign-in sheets, certificates.

A document is made in two steps: `read_*` takes from the database all that it says, as plain JSON in the
language of the document, and a writer makes the bytes of it afterwards, outside of any transaction.
Texts of people reach the typesetter as data, never as markup.
"""
