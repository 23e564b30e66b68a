import html
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.availability import service as availability
from expertpool.availability.models import BusyTime
from expertpool.events import SYSTEM
from expertpool.interests import service as interests
from expertpool.interests.models import RelationKind
from expertpool.people import contacts
from expertpool.people.facts import FIELDS
from expertpool.people.models import Gender, Grade, InterestParty, Person, Status
from tests.builders.people import make_person
from tests.conftest import NOW
from tests.rooms.people.taxonomy import make_skill
from tests.web.foreign import assert_closed


@pytest.fixture
def person(database):
    bearings = make_skill(database, "21.100", "轴承", "Bearings")
    made = make_person(
        database,
        "何霁",
        number="E0003",
        employer="北辰材料研究院",
        addresses=("he@example.org",),
        skills=(bearings,),
    )
    contacts.set_phone(database, made, "13800001234", actor=SYSTEM, now=NOW)
    database.commit()
    return made


@pytest.fixture
def organiser(as_role):
    return as_role("organiser")


def saved(database, person):
    database.expire_all()
    return database.get(Person, person.id)


def events(database, person):
    query = sa.select(AuditEntry.event).where(AuditEntry.subject_id == person.id).order_by(AuditEntry.id)
    return database.scalars(query.where(AuditEntry.subject_kind == "person")).all()


def test_the_page_shows_all_that_is_known(organiser, database, person):
    student = make_person(database, "白鹿鸣")
    interests.add_relation(
        database, person, RelationKind.ADVISOR, student, source="测试来源", actor=SYSTEM, now=NOW
    )
    database.commit()
    page = organiser.get(f"/people/{person.id}").text
    for text in (
        "北辰材料研究院",
        "he@example.org",
        "Bearings",
        "Advisor of 白鹿鸣",
        "测试来源",
        "138******34",
    ):
        assert text in page
    assert "13800001234" not in page
    assert "Student of 何霁" in organiser.get(f"/people/{student.id}").text


def test_the_phone_number_is_shown_on_demand_and_the_look_recorded(organiser, database, person):
    page = organiser.post(f"/people/{person.id}/phone")
    assert "13800001234" in page.text
    assert events(database, person)[-1] == "person.phone-revealed"
    assert organiser.get(f"/people/{person.id}/phone").status_code == 405


def test_a_look_of_an_auditor_is_recorded_and_an_organisers_is_not(as_role, organiser, database, person):
    before = len(events(database, person))
    organiser.get(f"/people/{person.id}")
    assert len(events(database, person)) == before
    as_role("auditor").get(f"/people/{person.id}")
    assert events(database, person)[-1] == "person.person-looked-at"


def test_an_auditor_changes_nothing(as_role, database, person):
    auditor = as_role("auditor")
    for part in ("phone", "edit", "contacts", "grade", "status", "merge", "skills", "busy", "undo-merge"):
        assert_closed(auditor, "POST", f"/people/{person.id}/{part}", "何霁", "13800001234")
    assert saved(database, person).name == "何霁"


def test_facts_are_changed_and_a_stale_save_shows_both_sides(organiser, database, person):
    page = organiser.get(f"/people/{person.id}/edit").text
    version = re.search(r'name="version"[^>]*value="(\d+)"', page).group(1)
    typed = {
        "name": "何霁",
        "title": "研究员",
        "region": "青原",
        "languages": "中文，English",
        "version": version,
    }
    assert organiser.post(f"/people/{person.id}/edit", data=typed).status_code == 302
    kept = saved(database, person)
    assert (kept.title, kept.region, kept.languages) == ("研究员", "青原", ["中文", "English"])
    stale = organiser.post(f"/people/{person.id}/edit", data={**typed, "title": "教授"})
    assert stale.status_code == 409
    assert "研究员" in stale.text
    assert "教授" in stale.text
    assert saved(database, person).title == "研究员"


def test_a_form_that_is_saved_as_it_stands_changes_nothing(organiser, database, person):
    person.bio, person.birth, person.degree, person.languages = (
        "轴承寿命\n三十年",
        "1978-05",
        "博士",
        ["中文", "English"],
    )
    person.gender, person.interest_party, person.name_en = Gender.MALE, InterestParty.USER, "He Ji"
    database.commit()
    before = len(events(database, person))
    page = organiser.get(f"/people/{person.id}/edit").text
    typed = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
    typed |= {
        name: html.unescape(text).strip()
        for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)<', page)
    }
    typed |= dict(re.findall(r'<select[^>]*name="(\w+)".*?<option selected value="(\w+)"', page, re.S))
    assert set(typed) >= {*FIELDS, "version"}
    assert organiser.post(f"/people/{person.id}/edit", data=typed).status_code == 302
    assert len(events(database, person)) == before


def test_a_refused_form_keeps_what_was_typed_and_names_the_fields(organiser, database, person):
    answer = organiser.post(
        f"/people/{person.id}/edit", data={"name": " ", "birth": "2062-05", "title": "院士"}
    )
    assert answer.status_code == 400
    assert 'href="#name"' in answer.text
    assert "院士" in answer.text
    answer = organiser.post(f"/people/{person.id}/edit", data={"name": "何霁", "birth": "2062-05"})
    assert "2062-05 lies in the future." in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_blank_choice_is_none(organiser, database, person):
    page = organiser.get(f"/people/{person.id}/edit").text
    version = re.search(r'name="version"[^>]*value="(\d+)"', page).group(1)
    answer = organiser.post(
        f"/people/{person.id}/edit",
        data={"name": "何霁", "gender": " ", "interest_party": "\t", "version": version},
    )
    assert answer.status_code == 302
    kept = saved(database, person)
    assert (kept.gender, kept.interest_party) == (None, None)


def test_an_address_of_another_leads_to_the_merge(organiser, database, person):
    other = make_person(database, "贺霁", number="E0099")
    database.commit()
    answer = organiser.post(f"/people/{other.id}/contacts", data={"addresses": "he@example.org"})
    assert answer.status_code == 400
    assert "he@example.org belongs to 何霁 (E0003)." in answer.text
    assert f"/people/{other.id}/merge?other={person.id}" in answer.text


def test_contacts_are_changed_and_an_empty_phone_field_keeps_the_number(organiser, database, person):
    url = f"/people/{person.id}/contacts"
    assert "13800001234" not in organiser.get(url).text
    organiser.post(url, data={"addresses": "new@example.org\r\nhe@example.org", "phone": ""})
    kept = saved(database, person)
    assert [row.address for row in kept.addresses] == ["new@example.org", "he@example.org"]
    assert contacts.phone_of(kept) == "13800001234"
    organiser.post(url, data={"addresses": "he@example.org", "remove_phone": "y"})
    assert contacts.phone_of(saved(database, person)) is None


def test_employments_are_added_corrected_and_removed(organiser, database, person):
    url = f"/people/{person.id}/employments"
    organiser.post(f"{url}/new", data={"organisation": "远帆轴承", "since": "2026-11-01", "is_current": "y"})
    first, second = saved(database, person).employments
    assert (first.is_current, str(first.until), second.is_current) == (False, "2026-10-31", True)
    assert "远帆轴承" in organiser.get(f"{url}/{second.id}").text
    wrong = {"organisation": "远帆轴承", "since": "2026-11-01", "until": "2026-01-01"}
    assert organiser.post(f"{url}/{second.id}", data=wrong).status_code == 400
    organiser.post(f"{url}/{second.id}/remove")
    assert [row.id for row in saved(database, person).employments] == [first.id]


def test_a_part_of_another_person_is_not_found_here(organiser, database, person):
    other = make_person(database, "白鹿鸣", employer="青原理工大学")
    busy = BusyTime(person_id=other.id, starts=NOW, ends=NOW.replace(hour=9), created_at=NOW)
    database.add(busy)
    database.commit()
    row = other.employments[0]
    assert organiser.get(f"/people/{person.id}/employments/{row.id}").status_code == 404
    assert organiser.post(f"/people/{person.id}/employments/{row.id}/remove").status_code == 404
    assert organiser.post(f"/people/{person.id}/busy/{busy.id}/remove").status_code == 404
    assert len(saved(database, other).employments) == 1


def test_skills_are_added_by_code_and_name_and_taken_away(organiser, database, person):
    make_skill(database, "25.060", "机床", "Machine tools")
    database.commit()
    organiser.post(f"/people/{person.id}/skills", data={"skills": "机床；测试：21.100; 增材制造"})
    held = saved(database, person).skills
    assert [row.skill.name_zh for row in held][:2] == ["轴承", "机床"]
    assert any(row.skill.to_be_placed and row.skill.name_zh == "增材制造" for row in held)
    first = held[0].skill_id
    organiser.post(f"/people/{person.id}/skills/{first}/remove")
    assert "轴承" not in [row.skill.name_zh for row in saved(database, person).skills]
    assert organiser.post(f"/people/{person.id}/skills/{first}/remove").status_code == 404


def test_grade_and_status_change_with_a_reason(organiser, database, person):
    url = f"/people/{person.id}"
    assert organiser.post(f"{url}/grade", data={"grade": "senior", "on": "2026-12-01"}).status_code == 400
    organiser.post(f"{url}/grade", data={"grade": "senior", "on": "2026-12-01", "reason": "连续优秀"})
    organiser.post(f"{url}/status", data={"status": "retired", "on": "2026-12-01", "reason": "本人申请"})
    kept = saved(database, person)
    assert (kept.grade, kept.status, kept.status_reason) == (Grade.SENIOR, Status.RETIRED, "本人申请")
    assert "Bring back into the pool" in organiser.get(url).text
    organiser.post(f"{url}/status", data={"status": "active", "on": "2026-12-01", "reason": ""})
    assert saved(database, person).status == Status.ACTIVE


def test_bookings_say_for_what(organiser, database, person):
    for day, kind in enumerate(("seat", "lesson", "other"), 1):
        starts = NOW.replace(year=2099) + timedelta(days=day)
        booked = {person.id: day}
        availability.book(database, booked, starts, starts + timedelta(hours=1), source_kind=kind)
    page = organiser.get(f"/people/{person.id}").text
    assert re.findall(r"<td>(Booked[^<]*)</td>", page) == ["Booked: panel", "Booked: lesson", "Booked"]


def test_busy_times_are_typed_in_the_readers_zone(organiser, database, person):
    times = {"starts": "2099-12-03T09:00", "ends": "2099-12-03T12:00", "reason": "出差"}
    organiser.post(f"/people/{person.id}/busy", data=times)
    busy = database.scalars(sa.select(BusyTime)).one()
    assert busy.starts.isoformat() == "2099-12-03T01:00:00+00:00"
    assert "出差" in organiser.get(f"/people/{person.id}").text
    wrong = organiser.post(f"/people/{person.id}/busy", data={**times, "ends": "2099-12-03T08:00"})
    assert wrong.status_code == 400
    assert "The end must lie after the beginning." in wrong.text
    organiser.post(f"/people/{person.id}/busy/{busy.id}/remove")
    assert database.scalars(sa.select(BusyTime)).all() == []


def test_a_new_person_is_entered_with_all_parts(organiser, database, person):
    typed = {
        "name": "唐以宁",
        "grade": "candidate",
        "addresses": "tang@example.org",
        "phone": "13900005678",
        "organisation": "远帆轴承有限公司",
        "position": "工程师",
        "skills": "21.100; 润滑",
    }
    answer = organiser.post("/people/new", data=typed)
    assert answer.status_code == 302
    made = database.scalars(sa.select(Person).where(Person.name == "唐以宁")).one()
    assert (made.number, made.grade) == ("E0004", Grade.CANDIDATE)
    assert [row.organisation_text for row in made.employments] == ["远帆轴承有限公司"]
    assert len(made.skills) == 2
    assert contacts.phone_of(made) == "13900005678"


def test_a_possible_duplicate_is_shown_before_a_person_is_entered(organiser, database, person):
    typed = {"name": "何　霁", "grade": "expert"}
    answer = organiser.post("/people/new", data=typed)
    assert answer.status_code == 400
    assert "Perhaps this person is in the pool already" in answer.text
    assert f'href="/people/{person.id}"' in answer.text
    assert organiser.post("/people/new", data={**typed, "confirmed": "y"}).status_code == 302


def test_a_refused_new_person_leaves_nothing_behind(organiser, database, person):
    answer = organiser.post("/people/new", data={"name": "唐以宁", "grade": "expert", "phone": "办公室"})
    assert answer.status_code == 400
    assert "is no phone number" in answer.text
    assert database.scalars(sa.select(Person).where(Person.name == "唐以宁")).all() == []


def test_two_records_are_compared_merged_and_set_apart(organiser, database, person):
    other = make_person(database, "何霁", number="E0090", title="研究员", addresses=("b@example.org",))
    database.commit()
    url = f"/people/{person.id}/merge"
    assert f"{url}?other={other.id}" in organiser.get(url).text
    page = organiser.get(f"{url}?other={other.id}").text
    assert "研究员 instead of nothing" in page
    versions = {"kept_version": person.version, "merged_version": other.version}
    organiser.post(url, data={"other": other.id, "take": "title", **versions})
    kept = saved(database, person)
    assert (kept.title, len(kept.addresses)) == ("研究员", 2)
    assert "Record E0090 was merged" in organiser.get(f"/people/{other.id}").text
    assert organiser.post(f"/people/{other.id}/edit", data={"name": "x"}).status_code == 400
    organiser.post(f"/people/{other.id}/undo-merge")
    kept = saved(database, person)
    assert (kept.title, len(kept.addresses)) == (None, 1)


def test_an_unknown_person_is_not_found(organiser):
    assert organiser.get("/people/999999").status_code == 404
    assert organiser.get("/people/999999/edit").status_code == 404
