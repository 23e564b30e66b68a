"""Ids of a problem: a letter and the id of a row."""

from __future__ import annotations


def lesson_key(row_id: int) -> str:
    """Return the id of a lesson to place."""
    return f"l{row_id}"


def cohort_key(cohort_id: int) -> str:
    """Return the id of a cohort."""
    return f"c{cohort_id}"


def person_key(person_id: int) -> str:
    """Return the id of a teacher or trainee."""
    return f"p{person_id}"


def room_key(room_id: int) -> str:
    """Return the id of a room."""
    return f"r{room_id}"


def number_of(key: str) -> int:
    """Return the id of the row that a key stands for."""
    return int(key[1:])
