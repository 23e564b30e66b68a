"""The audit page: the head, the last verification, the button; and what scoped auditors see instead."""

from __future__ import annotations

import dataclasses
import re

import sqlalchemy as sa

from expertpool.audit import sealing, verifying
from expertpool.audit.models import AuditEntry
from expertpool.audit.service import record
from expertpool.jobs import verify_audit
from expertpool.panels.events import MemberEvaluated, ProposalRequested
from tests.builders.access import CLI, make_user
from tests.builders.organisations import make_organisation
from tests.builders.people import make_person
from tests.conftest import NOW


def test_an_auditor_verifies_the_trail_from_its_page(as_role, database):
    auditor = as_role("auditor")
    make_user(database)
    sealing.seal(database)
    assert "The trail was not verified yet." in auditor.get("/admin/audit").text
    assert auditor.post("/admin/audit/verify").location == "/admin/audit"
    assert "is on its way" in auditor.get("/admin/audit").text
    database.commit()
    assert verify_audit.tick(database, NOW) == 1
    page = auditor.get("/admin/audit").text
    number = verifying.state(database).last.facts["checked"]
    assert f"all {number} entries are whole" in page
    assert "is on its way" not in page


def test_a_broken_trail_is_shown_with_its_first_wrong_entry(as_role, database):
    auditor = as_role("auditor")
    make_user(database)
    sealing.seal(database)
    database.execute(sa.text("DROP TRIGGER audit_entries_unchanged"))
    database.execute(sa.update(AuditEntry).where(AuditEntry.number == 1).values(actor_label="Nobody"))
    database.commit()
    verify_audit.tick(database, NOW)
    page = auditor.get("/admin/audit").text
    assert "The audit trail is broken" in page
    assert "was changed." in page


def test_a_scoped_auditor_reads_why_the_whole_trail_is_closed(as_role, database):
    make_user(database, name="Somebody Else")
    auditor = as_role("auditor", organisation_id=make_organisation(database).id)
    answer = auditor.get("/admin/audit")
    assert answer.status_code == 403
    assert "open to auditors of the whole office" in answer.text
    assert "user.user-created" not in answer.text
    assert auditor.post("/admin/audit/verify").status_code == 403


def test_the_trail_is_narrowed_by_words_and_read_in_the_readers_language(as_role, database):
    auditor = as_role("auditor")
    make_organisation(database, "青原标准化院")
    make_user(database)
    auditor.post("/language/zh_Hans")
    page = auditor.get("/admin/audit").text
    assert '<option value="panel">评审组</option>' in page
    assert '<option value="user.">账号：全部</option>' in page
    assert '<option value="user.user-created">账号：为…建立了账号</option>' in page
    assert ">账号 1</a>" in page
    assert "命令行</span>" in page
    narrowed = auditor.get("/admin/audit?subject_kind=organisation").text
    assert "organisation.organisation-created</code>" in narrowed
    assert "user.user-created</code>" not in narrowed


def test_what_is_stored_of_an_entry_opens_on_demand_under_a_count_of_it(as_role, database):
    make_organisation(database, "青原标准化院")
    page = as_role("auditor").get("/admin/audit?subject_kind=organisation").text
    found = re.search(
        r"<details><summary[^>]*>(\d+) values?</summary><dl[^>]*>(.*?)</dl></details>", page, re.S
    )
    assert found is not None
    assert int(found[1]) == found[2].count("<dt>") > 0
    assert "青原标准化院" in found[2]


def test_codes_in_a_sentence_are_words(as_role, database):
    record(database, ProposalRequested(7, 1, 2, "replay", 11), actor=CLI, now=NOW)
    page = as_role("auditor").get("/admin/audit?subject_kind=panel").text
    told = page.split("<tbody>")[1].split('<th scope="row">')[1].split("<small>")[0]
    assert told == "Proposal 2, a replay was asked for, seed 11"


def test_what_can_not_be_read_gets_one_error(as_role):
    refused = as_role("auditor").get("/admin/audit?subject_id=x&subject_kind=nonsense")
    assert refused.status_code == 400
    assert refused.text.count('href="#subject_id"') == 1
    assert 'href="#subject_kind"' in refused.text


def test_an_entry_about_a_person_names_the_person(as_role, database):
    person = make_person(database, name="Guo Bin")
    others = {field.name for field in dataclasses.fields(MemberEvaluated)} - {"subject_id", "person_id"}
    event = MemberEvaluated(1, person_id=person.id, **dict.fromkeys(others))
    record(database, event, actor=CLI, now=NOW)
    assert "Guo Bin" in as_role("auditor").get("/admin/audit?subject_kind=panel").text
