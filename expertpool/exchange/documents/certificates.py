"""A certificate as a PDF that is printed and sealed, with a code by which anybody verifies it."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import segno
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.errors import N_
from expertpool.exchange.documents.language import Language
from expertpool.exchange.documents.typesetting import pdf
from expertpool.training import attending
from expertpool.training.models import Certificate, Enrolment, Lesson, LessonState, Level

LEVELS = {
    Level.BASIC: N_("basic level"),
    Level.INTERMEDIATE: N_("intermediate level"),
    Level.ADVANCED: N_("advanced level"),
}
LOCALES = ("zh_Hans", "en")
"""Both languages stand on every certificate, in this order."""


def read_certificate(
    session: Session, certificate: Certificate, verify_url: str, zone: ZoneInfo
) -> dict[str, Any]:
    """Return all that the certificate says, in both languages; `verify_url` stands in its QR code."""
    first, last = _days(session, certificate)
    return {
        "number": certificate.number,
        "code": certificate.code,
        "url": verify_url,
        "qr": _qr(verify_url),
        "issuer": certificate.issuer,
        "sides": [_side(certificate, Language(locale, zone), first, last) for locale in LOCALES],
    }


def write_certificate(data: dict[str, Any]) -> bytes:
    """Return what `read_certificate` read as a PDF of one A4 sheet, landscape."""
    return pdf("certificate", data, locale="zh_Hans")


def _days(session: Session, certificate: Certificate) -> tuple[datetime | None, datetime | None]:
    """Return when the first lesson began and the last one ended."""
    at = attending.pairs()
    query = (
        sa.select(sa.func.min(Lesson.starts), sa.func.max(Lesson.ends))
        .join(at, at.c.lesson_id == Lesson.id)
        .join(Enrolment, Enrolment.cohort_id == at.c.cohort_id)
        .where(Enrolment.id == certificate.enrolment_id, Lesson.state == LessonState.PLANNED)
    )
    first, last = session.execute(query).one()
    return first, last


def _side(
    certificate: Certificate, say: Language, first: datetime | None, last: datetime | None
) -> dict[str, Any]:
    english = say.locale == "en"
    holder = (certificate.holder_en or certificate.holder) if english else certificate.holder
    title = (certificate.title_en or certificate.title_zh) if english else certificate.title_zh
    return {
        "lang": say.locale[:2],
        "heading": say(N_("Certificate of completion")),
        "holder": holder,
        "text": say(
            N_("completed the course “%(title)s” (%(level)s)%(when)s, %(hours)s hours in all."),
            title=title,
            level=say(LEVELS[certificate.level]),
            when=_when(say, first, last),
            hours=_hours(certificate.minutes),
        ),
        "facts": [
            [say(N_("Certificate number")), certificate.number],
            [say(N_("Issued on")), say.day(certificate.issued_on)],
            [say(N_("Valid until")), _until(say, certificate.expires_on)],
        ],
        "verify": say(N_("Scan the code, or open the address and enter the code, to verify")),
        "code_label": say(N_("Verification code")),
        "seal": say(N_("Seal of the issuer")),
    }


def _when(say: Language, first: datetime | None, last: datetime | None) -> str:
    if first is None or last is None:
        return ""
    if say.day(first) == say.day(last):
        return say(N_(", held on %(day)s"), day=say.day(first))
    return say(N_(", held from %(first)s to %(last)s"), first=say.day(first), last=say.day(last))


def _until(say: Language, day: date | None) -> str:
    return say.day(day) if day else say(N_("without limit"))


def _hours(minutes: int) -> str:
    """Return hours of 60 minutes with at most one decimal: 90 minutes are 1.5."""
    return f"{minutes / 60:.1f}".removesuffix(".0")


def _qr(text: str) -> str:
    """Return a QR code as SVG."""
    target = io.BytesIO()
    segno.make(text, error="m").save(target, kind="svg", border=0, xmldecl=False)
    return target.getvalue().decode()
