"""Certificates as PDF: both languages, with a code to verify them; texts of people are never markup."""

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import segno
from pypdf import PdfReader

from expertpool.errors import Invalid
from expertpool.exchange.documents import fonts
from expertpool.exchange.documents.certificates import read_certificate, write_certificate
from expertpool.training.models import (
    Certificate,
    Cohort,
    Course,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonState,
    Level,
    Place,
)
from tests.builders.organisations import make_organisation
from tests.builders.people import make_person
from tests.conftest import NOW

ZONE = ZoneInfo("Asia/Shanghai")
URL = "https://experts.example.org/certificates/K7QF-3MZA-9PDX-22WE"


def make_certificate(session, **options):
    """Make a certificate of a cohort with lessons on 2 and 6 November, and a cancelled one on 9 November."""
    person = make_person(session, "欧阳澈")
    owner = make_organisation(session, "省标准化研究院")
    course = Course(
        number="C-1", owner_id=owner.id, title_zh="标准化基础", minutes=1450, created_at=NOW, updated_at=NOW
    )
    session.add(course)
    session.flush()
    cohort = Cohort(
        course_id=course.id,
        number="C-1-1",
        capacity=1,
        opens_at=NOW - timedelta(days=60),
        closes_at=NOW,
        created_at=NOW,
        updated_at=NOW,
    )
    session.add(cohort)
    session.flush()
    place = Place(cohort_id=cohort.id, number=1)
    session.add(place)
    for day, state in ((2, LessonState.PLANNED), (6, LessonState.PLANNED), (9, LessonState.CANCELLED)):
        starts = datetime(2026, 11, day, 1, tzinfo=UTC)
        ends = starts + timedelta(hours=3)
        session.add(Lesson(cohort_id=cohort.id, title="课", starts=starts, ends=ends, state=state))
    session.flush()
    enrolment = Enrolment(
        cohort_id=cohort.id,
        person_id=person.id,
        state=EnrolmentState.COMPLETED,
        place_id=place.id,
        queued_at=NOW,
        source="self",
        created_at=NOW,
        updated_at=NOW,
    )
    session.add(enrolment)
    session.flush()
    values = {
        "number": "HN-2026-00012",
        "code": "K7QF-3MZA-9PDX-22WE",
        "holder": "欧阳澈",
        "holder_en": "Ouyang Che",
        "title_zh": "标准化基础",
        "title_en": "Basics of standardization",
        "issuer": "省标准化研究院",
        "level": Level.BASIC,
        "minutes": 1450,
        "issued_on": date(2026, 11, 20),
        "expires_on": date(2029, 11, 19),
    }
    certificate = Certificate(enrolment_id=enrolment.id, person_id=person.id, **(values | options))
    session.add(certificate)
    session.flush()
    return certificate


def text_of(pdf: bytes) -> str:
    """Return the text of a PDF without its white space."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_a_certificate_says_all_in_both_languages(session):
    certificate = make_certificate(session)

    made = write_certificate(read_certificate(session, certificate, URL, ZONE))

    text = text_of(made)
    for part in (
        "结业证书",
        "Certificateofcompletion",
        "欧阳澈",
        "OuyangChe",
        "完成“标准化基础”课程（初级）的学习，时间为2026年11月2日至2026年11月6日，共24.2小时，准予结业。",
        "HN-2026-00012",
        "2026年11月20日",
        "20November2026",
        "19November2029",
        "K7QF-3MZA-9PDX-22WE",
        "省标准化研究院",
        URL,
    ):
        assert part in text
    assert len(PdfReader(io.BytesIO(made)).pages) == 1


def test_its_code_leads_to_the_page_that_verifies_it(session):
    data = read_certificate(session, make_certificate(session), URL, ZONE)

    target = io.BytesIO()
    segno.make(URL, error="m").save(target, kind="svg", border=0, xmldecl=False)
    assert data["qr"] == target.getvalue().decode()
    assert data["url"] == URL


@pytest.mark.parametrize("name", ['#image("x")', "*A* _b_ $x$ @ref <l> \\ //", "“引号”`raw`\n换行", "𠮷野😀"])
def test_texts_of_people_print_as_they_are(session, name):
    certificate = make_certificate(session, holder=name, holder_en=None)

    made = write_certificate(read_certificate(session, certificate, URL, ZONE))

    wanted = "".join(name.replace("😀", "").split())
    assert text_of(made).count(wanted) == 2, "both sides name the holder"


def test_a_long_name_stays_on_one_sheet(session):
    certificate = make_certificate(session, holder="长" * 120, title_zh="课" * 200, title_en="word " * 40)

    made = write_certificate(read_certificate(session, certificate, URL, ZONE))

    assert len(PdfReader(io.BytesIO(made)).pages) == 1


@pytest.mark.sqlite_only
def test_without_a_chinese_font_the_remedy_is_told(session, tmp_path: Path):
    data = read_certificate(session, make_certificate(session), URL, ZONE)
    fonts.use(tmp_path)
    try:
        with pytest.raises(Invalid, match=r"apt-get install fonts-noto-cjk.*EXPERTPOOL_FONT_PATH"):
            write_certificate(data)
    finally:
        fonts.use(None)


@pytest.mark.sqlite_only
def test_a_configured_font_file_is_used():
    _fonts, family = fonts.chosen()
    known = next(each.path for each in _fonts.fonts() if each.family == family)
    fonts.use(Path(known))
    try:
        assert fonts.chosen()[1] == family
    finally:
        fonts.use(None)
