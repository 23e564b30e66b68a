"""Everyone in conflict with an item, in words and as a file."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
import sqlalchemy as sa

from expertpool import clock
from expertpool.audit.models import AuditEntry
from expertpool.interests.models import Relation, RelationKind
from expertpool.panels import waivers
from expertpool.web.conflicts.views import FIRST
from expertpool.web.kit.pagination import SIZE
from tests.builders.organisations import make_organisation
from tests.builders.panels import Scene, make_actor
from tests.builders.people import make_employment, make_person
from tests.conftest import NOW
from tests.web.counting import statements_of
from tests.web.foreign import assert_closed


@pytest.fixture
def scene(database):
    made = Scene(database, people=3)
    database.commit()
    return made


@pytest.fixture
def barred(scene, database):
    found = [scene.person_of_applicant("沈知远"), scene.person_of_applicant("梁思齐")]
    database.commit()
    return found


def relate(database, person, kind, other, **dates):
    row = Relation(
        person_id=person.id,
        kind=RelationKind(kind),
        organisation_id=other.id,
        other_is_organisation=True,
        source="题录导入",
        created_at=NOW,
        **dates,
    )
    database.add(row)
    database.commit()


def text_of(page):
    assert page.status_code == 200, page.text[:2000]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_counts_add_up_to_the_pool_and_each_person_stands_once(as_role, scene, barred, database):
    relate(database, barred[0], "competitor", scene.applicant)
    relate(database, scene.people[0], "competitor", scene.applicant)
    text = text_of(as_role("organiser").get(f"/conflicts/{scene.item.id}?on=2026-12-01"))
    assert "5 people are checked: Bar 2, Declare 1, nothing found 2" in text
    assert "Same organisation 2 people, Bar" in text
    assert "Competitor 1 person, Declare" in text
    assert text.count("沈知远") == 1
    assert "题录导入" in text


def test_evidence_names_its_dates_and_its_source(as_role, scene, database):
    former = make_employment(
        scene.applicant, is_current=False, since=date(2020, 3, 1), until=date(2025, 6, 30), source="履历"
    )
    make_person(database, "唐以宁", employments=[former])
    database.commit()
    text = text_of(as_role("organiser").get(f"/conflicts/{scene.item.id}?on=2026-12-01"))
    assert "2020-03-01 – 2025-06-30" in text
    assert "履历" in text


def test_the_day_decides_what_has_expired(as_role, scene, database):
    former = make_employment(scene.applicant, is_current=False, until=date(2023, 12, 1))
    make_person(database, "唐以宁", employments=[former])
    database.commit()
    client = as_role("organiser")
    assert "唐以宁" in client.get(f"/conflicts/{scene.item.id}?on=2026-12-01").text
    assert "唐以宁" not in client.get(f"/conflicts/{scene.item.id}?on=2026-12-02").text


def test_the_preset_decides_what_follows(as_role, scene, barred):
    client = as_role("organiser")
    usual = text_of(client.get(f"/conflicts/{scene.item.id}"))
    committee = text_of(client.get(f"/conflicts/{scene.item.id}?preset=committee"))
    assert "Same organisation 2 people, Bar" in usual
    assert "Same organisation 2 people, Declare" in committee


def test_possible_findings_stand_apart_with_what_to_ask(as_role, scene, database):
    scene.applicant.mail_domains = ["hengyue.example"]
    make_person(database, "贺承", addresses=("he@hengyue.example",))
    database.commit()
    text = text_of(as_role("organiser").get(f"/conflicts/{scene.item.id}"))
    assert "Only possible, to be asked 1" in text
    assert "Ask who employs them now" in text
    assert "Proven by evidence 0" in text


def test_one_person_is_told_with_findings_or_with_how_many_rules_were_checked(as_role, scene, barred):
    client = as_role("organiser")
    hit = text_of(client.get(f"/conflicts/{scene.item.id}?q=沈知远"))
    assert "Employed by the applicant" in hit
    clean = text_of(client.get(f"/conflicts/{scene.item.id}?q={scene.people[0].number}"))
    assert "nothing found, 23 rules checked" in clean
    nobody = text_of(client.get(f"/conflicts/{scene.item.id}?q=没有这个人"))
    assert "Nobody in the pool has this name or number." in nobody


def test_a_long_group_is_paged(as_role, scene, database):
    for number in range(53):
        make_person(database, f"某人{number}", employer=scene.applicant)
    database.commit()
    client = as_role("organiser")
    overview = text_of(client.get(f"/conflicts/{scene.item.id}"))
    assert "Show all 53 people" in overview
    address = f"/conflicts/{scene.item.id}?rule=same-organisation&handling=bar"
    assert "1–50 of 53" in text_of(client.get(address))
    last = text_of(client.get(f"{address}&page=2"))
    assert "51–53 of 53" in last
    assert last.count("某人") == 3


def test_statements_do_not_grow_with_the_people(as_role, app, scene, barred, database):
    client = as_role("organiser")
    address = f"/conflicts/{scene.item.id}"
    before = statements_of(app, lambda: client.get(address))
    for number in range(20):
        make_person(database, f"某人{number}", employer=scene.applicant)
    database.commit()
    assert statements_of(app, lambda: client.get(address)) == before


def test_a_thousand_findings_come_in_groups_and_pages_and_say_when_they_were_computed(
    as_role, app, scene, database, monkeypatch
):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    for number in range(1_000):
        make_person(database, f"某人{number}", employer=scene.applicant)
    database.commit()
    client = as_role("organiser")
    address = f"/conflicts/{scene.item.id}"
    page = client.get(address)
    assert re.search(r"Computed at [^<]*22 Nov", page.text)
    assert page.text.count('class="ep-person"') <= 2 * (FIRST + 1)
    group = client.get(f"{address}?rule=same-organisation&handling=bar&page=3")
    assert group.text.count('class="ep-person"') == SIZE
    assert statements_of(app, lambda: client.get(address)) < 60


def test_a_panel_asks_by_its_own_rules_and_its_waivers_count(as_role, scene, barred, database):
    panel = scene.panel()
    waivers.waive(
        database, panel, barred[0], "same-organisation", "唯一的计量专家", actor=make_actor(database), now=NOW
    )
    database.commit()
    text = text_of(as_role("organiser").get(f"/conflicts/{scene.item.id}?panel={panel.id}"))
    assert f"As panel {panel.number} asks it" in text
    assert "Bar 1, Waived 1" in text
    assert "唯一的计量专家" in text


def test_a_panel_of_another_office_is_closed(as_role, scene, barred, database):
    panel = scene.panel()
    waivers.waive(
        database, panel, barred[0], "same-organisation", "唯一的计量专家", actor=make_actor(database), now=NOW
    )
    elsewhere = make_organisation(database, "临川评估服务中心")
    database.commit()
    client = as_role("organiser", organisation_id=elsewhere.id)
    for path in (f"/conflicts/{scene.item.id}", f"/conflicts/{scene.item.id}/findings.jsonl"):
        assert_closed(client, "GET", f"{path}?panel={panel.id}", "唯一的计量专家", panel.number)
    assert panel.number not in text_of(client.get(f"/conflicts/{scene.item.id}"))


def test_the_file_holds_what_the_command_prints(as_role, scene, barred, database):
    answer = as_role("organiser").get(f"/conflicts/{scene.item.id}/findings.jsonl?on=2026-12-01")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [set(line) for line in lines] == [
        {"expert", "rule", "handling", "text", "evidence", "waiver"},
        {"expert", "rule", "handling", "text", "evidence", "waiver"},
    ]
    assert [line["expert"] for line in lines] == [person.number for person in barred]
    assert {line["rule"] for line in lines} == {"same-organisation"}
    assert "attachment" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("query", "message"),
    [("on=yesterday", "yesterday is no day such as 2026-11-22."), ("preset=x", "There is no such preset.")],
)
def test_a_wrong_question_is_named_and_the_usual_one_answered(as_role, scene, barred, query, message):
    client = as_role("organiser")
    answer = client.get(f"/conflicts/{scene.item.id}?{query}")
    assert answer.status_code == 400
    assert message in answer.text
    assert "沈知远" in answer.text
    assert client.get(f"/conflicts/{scene.item.id}/findings.jsonl?{query}").status_code == 400


def test_nothing_found_says_how_many_rules_were_checked(as_role, scene):
    text = text_of(as_role("organiser").get(f"/conflicts/{scene.item.id}"))
    assert "Nothing found against anybody" in text
    assert "23 rules were checked." in text


def test_looks_of_auditors_are_recorded_and_of_organisers_not(as_role, scene, barred, database):
    as_role("organiser").get(f"/conflicts/{scene.item.id}?q=沈知远")
    as_role("auditor").get(f"/conflicts/{scene.item.id}?q=沈知远")
    as_role("auditor").get(f"/conflicts/{scene.item.id}/findings.jsonl")
    looks = database.execute(
        sa.select(AuditEntry.event, AuditEntry.subject_id)
        .where(AuditEntry.event.like("%looked-at"))
        .order_by(AuditEntry.id)
    ).all()
    assert [tuple(look) for look in looks] == [
        ("item.conflicts-looked-at", scene.item.id),
        ("person.person-looked-at", barred[0].id),
        ("item.conflicts-looked-at", scene.item.id),
    ]


def test_the_item_links_to_its_conflicts(as_role, scene):
    assert f'href="/conflicts/{scene.item.id}"' in as_role("organiser").get(f"/items/{scene.item.id}").text


def test_an_unknown_item_is_not_found(as_role, scene):
    assert as_role("organiser").get("/conflicts/999999").status_code == 404
