"""When and where lessons take place.

curricula    a week of lectures without clashes, at the least cost (the format of ITC-2007, track 3)
"""
