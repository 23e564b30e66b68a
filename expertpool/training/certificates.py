"""Verbs on certificates: issue, suspend, withdraw, reinstate; and find one by its code.

A number counts within a year and office: T-2026-3-0001. A code is random: 80 bits in Crockford's base 32,
four groups of four.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.conflicts.dates import months_before
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.training import checks, hours
from expertpool.training.events import CertificateIssued, CertificateMarked
from expertpool.training.models import Certificate, CertificateState, Enrolment, EnrolmentState
from expertpool.training.numbering import next_number

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O and U, so that a code can be read aloud and typed."""
MISREAD = str.maketrans("ILO", "110")
LENGTH, GROUP = 16, 4


class Shown(StrEnum):
    """What anybody is told of a certificate on a day."""

    VALID = "valid"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


def issue(session: Session, enrolment: Enrolment, *, actor: Actor, now: datetime) -> Certificate:
    """Give the certificate of a completed enrolment, with what is printed on it as it is now."""
    if enrolment.state is not EnrolmentState.COMPLETED:
        raise Invalid(N_("%(person)s has not completed the course."), person=enrolment.person.name)
    course, today = enrolment.cohort.course, hours.day_of(now)
    prefix = f"T-{today.year}-{course.owner_id}-"
    certificate = Certificate(
        number=next_number(session, Certificate.number, prefix, width=4),
        code=new_code(),
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        holder=enrolment.person.name,
        holder_en=enrolment.person.name_en,
        title_zh=course.title_zh,
        title_en=course.title_en,
        issuer=course.owner.name,
        level=course.level,
        minutes=course.minutes,
        issued_on=today,
        expires_on=_last_day(today, course.certificate_months),
        state=CertificateState.VALID,
    )
    session.add(certificate)
    session.flush()
    event = CertificateIssued(
        certificate.id,
        number=certificate.number,
        person_id=certificate.person_id,
        enrolment_id=enrolment.id,
        expires_on=certificate.expires_on,
    )
    record(session, event, actor=actor, now=now)
    session.flush()
    return certificate


def mark(
    session: Session,
    certificate: Certificate,
    state: CertificateState,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Suspend or withdraw a certificate, or reinstate it (`VALID`), for a reason that stays on record."""
    session.refresh(certificate, with_for_update=True)
    why = checks.reason(reason)
    if state is certificate.state:
        raise Invalid(N_("The certificate is in this state already."), field="state")
    certificate.state = state
    certificate.reason = None if state is CertificateState.VALID else why
    session.flush()
    event = CertificateMarked(
        certificate.id,
        number=certificate.number,
        person_id=certificate.person_id,
        state=state.value,
        reason=why,
    )
    record(session, event, actor=actor, now=now)
    session.flush()


def find(session: Session, code: str) -> Certificate | None:
    """Return the certificate of a code in whatever case and groups, O typed for 0, I or L for 1."""
    plain = "".join(each for each in code.upper() if each.isalnum()).translate(MISREAD)
    if len(plain) != LENGTH:
        return None
    return session.scalar(sa.select(Certificate).where(Certificate.code == _grouped(plain)))


def standing(certificate: Certificate, today: date) -> Shown:
    """Return what a certificate is worth on a day; its last day is one on which it is valid."""
    if certificate.state is not CertificateState.VALID:
        return Shown(certificate.state.value)
    over = certificate.expires_on is not None and certificate.expires_on < today
    return Shown.EXPIRED if over else Shown.VALID


def new_code() -> str:
    """Return a random code: 80 bits, as `K7QM-0XWD-93TR-ZC5A`."""
    return _grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def _last_day(issued: date, months: int | None) -> date | None:
    return None if months is None else months_before(issued, -months)


def _grouped(plain: str) -> str:
    return "-".join(plain[at : at + GROUP] for at in range(0, LENGTH, GROUP))
