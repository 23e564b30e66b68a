"""When and where lessons take place.

curricula    a week of lectures without clashes, at the least cost (the format of ITC-2007, track 3)
plans        a term of lessons with days, rooms and teachers, by hard and soft rules
limits       when a search ends
compiling    what the compiled searches share
"""
