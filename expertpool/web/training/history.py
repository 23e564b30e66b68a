"""What happened to a cohort and to all that belongs to it, in words, a page at a time."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import sqlalchemy as sa
from flask import request
from flask_babel import gettext

from expertpool import clock
from expertpool.audit import queries as audit
from expertpool.audit.models import AuditEntry
from expertpool.extensions import db
from expertpool.people.models import Person
from expertpool.training import attending
from expertpool.training.events import LessonShared
from expertpool.training.models import Certificate, Cohort, Enrolment, Lesson, Teaching
from expertpool.web.kit import trail
from expertpool.web.training.wording import CODES, FIELDS, SENTENCES

SIZE = 25
"""Entries on a page."""


def of_cohort(cohort: Cohort) -> tuple[list[trail.Line], int | None]:
    """Return the lines from `?before=` on, newest first, and where the next page begins, if anywhere."""
    found = audit.trail_of_whole(
        db.session,
        {
            "cohort": sa.select(Cohort.id).where(Cohort.id == cohort.id),
            "lesson": sa.select(Lesson.id).where(attending.by_cohorts([cohort.id])),
            "teaching": sa.select(Teaching.id).where(Teaching.cohort_id == cohort.id),
            "enrolment": sa.select(Enrolment.id).where(Enrolment.cohort_id == cohort.id),
            "certificate": sa.select(Certificate.id)
            .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
            .where(Enrolment.cohort_id == cohort.id),
        },
        now=clock.now(),
        before=request.args.get("before", type=int),
        limit=SIZE,
    )
    lines = trail.lines(found.entries, SENTENCES, FIELDS, CODES, _people(found.entries))
    lessons = sa.select(Lesson.id, Lesson.title).where(attending.by_cohorts([cohort.id]))
    titles = dict(db.session.execute(lessons).all())
    named = [_named(line, entry, titles) for line, entry in zip(lines, found.entries, strict=True)]
    return named, found.older


def _people(entries: Sequence[AuditEntry]) -> dict[int, str]:
    ids = {entry.facts["person_id"] for entry in entries if entry.facts.get("person_id")}
    for entry in entries:
        if entry.event == LessonShared.name():
            ids.update(entry.facts["person_ids"])
    return dict(db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(ids))).all())


def _named(line: trail.Line, entry: AuditEntry, titles: dict[int, str]) -> trail.Line:
    """Say which lesson a line is about."""
    if entry.subject_kind != "lesson":
        return line
    title = titles.get(entry.subject_id, "")
    return dataclasses.replace(line, text=gettext("%(text)s: “%(title)s”", text=line.text, title=title))
