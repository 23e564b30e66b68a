"""Pages of timetables: what is taught, a week at a glance, plans, moves and what they break, publishing."""
