"""Hours of service, teaching and study, each entry with its source.

Words: an *entry* credits minutes to a person on a day; a *reversal* takes one back and stays on file.
"""
