"""What the office may choose and what guards its data: choices, holidays, data keys, the schema's version.

Words: a *choice* is a value that administrators edit; a *data key* encrypts personal fields; the *head*
is the newest migration.
"""
