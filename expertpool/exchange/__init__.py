"""Spreadsheets in and out: experts, organisations, history, relations and items.

Words: a *book* is a file that was read; a *table* is the part under its header; a *record* is one data
row, read field by field; a *fault* refuses a row; a *note* is told and refuses nothing; a *plan* says what an
import would create, change, repeat and refuse; a *batch* is a plan that was kept for a preview page.

parse (no database) -> plan (reads) -> decide (a person) -> apply (one transaction).
"""
