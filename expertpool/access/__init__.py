"""Who may do what: roles granted to users, everywhere or within an organisation and all below it.

Words: a *grant* gives a role to a user; its *scope* is an organisation with its descendants, or
everything; a *permission* is a name like `panels.edit` that a role carries.
"""
