"""What happened, who did it and when: an append-only trail, numbered and chained by a sealer.

Words: an *entry* is one fact; *sealing* gives it its number and hash; the *head* is the last hash.
"""
