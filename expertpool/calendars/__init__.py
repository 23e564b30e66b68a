"""Everybody's panels and lessons as calendar entries: feeds to subscribe to and parts for mail.

Words: an *entry* is one event in one person's calendar (or in a course's public one), with a UID for life; a
*feed* is the private address that a person subscribes to. Nothing else knows iCalendar.
"""
