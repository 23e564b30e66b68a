"""Presets: everyone who forms or audits panels reads them, administrators change them."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.events import SYSTEM
from expertpool.panels import presets_service
from expertpool.panels.models import ItemKindPreset, PresetVersion
from expertpool.panels.preset import load_shipped
from expertpool.web.presets import reading
from tests.builders.organisations import make_organisation
from tests.conftest import NOW
from tests.web.counting import statements_of

SLUG = "enterprise-standard-filing"


@pytest.fixture
def presets(database):
    presets_service.ensure_shipped(database, now=NOW)
    database.commit()


@pytest.fixture
def sent(app, presets, database):
    """The editor's form as a browser would send it."""

    def read(slug=SLUG, **changes):
        version = presets_service.current(database, slug)
        with app.test_request_context():
            form = reading.of_body(version.body, version.number)
            data = {}
            for field in form:
                value = field._value() if hasattr(field, "_value") else field.data
                if field.type == "BooleanField":
                    value = "y" if field.data else None
                if value is not None:
                    data[field.name] = value
        return {**data, **{name.replace("__", "."): value for name, value in changes.items()}}

    return read


def newest(database, slug=SLUG):
    database.expire_all()
    return presets_service.current(database, slug)


def test_list_names_every_preset_and_what_is_to_be_checked(as_role, presets):
    page = as_role("organiser").get("/presets/").text
    missing = [each.title.en for each in load_shipped().values() if each.title.en not in page]
    assert missing == []
    assert "to be checked" in page
    assert "Choose this preset" not in page


def test_page_shows_each_rule_with_its_source_and_how_it_is_known(as_role, presets):
    page = as_role("auditor").get("/presets/bid-evaluation").text
    assert "招标投标法 37" in page
    assert "Read in the statute or on an official page" in page
    assert "Change the rules" not in page


def test_saving_an_unchanged_form_makes_no_version(as_role, sent, database):
    for slug in load_shipped():
        answer = as_role("administrator").post(f"/presets/{slug}/edit", data=sent(slug))
        assert (slug, answer.status_code) == (slug, 302)
    assert set(database.scalars(sa.select(PresetVersion.number))) == {1}


def test_a_changed_rule_makes_a_new_version_and_an_audit_entry(as_role, sent, database):
    data = sent(conflicts__coauthor__within_months="60", conflicts__coauthor__confidence="S")
    assert as_role("administrator").post(f"/presets/{SLUG}/edit", data=data).status_code == 302
    version = newest(database)
    assert version.number == 2
    assert version.body["conflicts"]["coauthor"]["within_months"] == 60
    assert version.body["conflicts"]["coauthor"]["confidence"] == "S"
    assert database.scalar(
        sa.select(sa.func.count()).where(
            AuditEntry.event == "preset.preset-published", AuditEntry.subject_id == version.id
        )
    )


def test_an_administrator_goes_back_to_the_rules_of_an_earlier_version(as_role, sent, database):
    client = as_role("administrator")
    before = newest(database).body
    client.post(f"/presets/{SLUG}/edit", data=sent(retention__years="30"))
    assert f"/presets/{SLUG}/edit?version=1" in client.get(f"/presets/{SLUG}?version=1").text
    form = client.get(f"/presets/{SLUG}/edit?version=1").text
    assert re.search(r'name="retention.years"[^>]*value="15"', form)
    assert re.search(r'name="read"[^>]*value="2"', form)
    client.post(f"/presets/{SLUG}/edit", data=sent(retention__years="15"))
    assert (newest(database).number, newest(database).body) == (3, before)
    assert client.get(f"/presets/{SLUG}/edit?version=9").status_code == 404


def test_differences_name_the_rule_with_both_values(as_role, sent):
    client = as_role("administrator")
    client.post(f"/presets/{SLUG}/edit", data=sent(conflicts__coauthor__within_months="60"))
    page = client.get(f"/presets/{SLUG}/differences").text
    assert "1 rule differs." in page
    assert "until 36 months after its end" in page
    assert "until 60 months after its end" in page


def test_earlier_versions_stay_readable(as_role, sent):
    client = as_role("administrator")
    client.post(f"/presets/{SLUG}/edit", data=sent(retention__years="30"))
    assert "30 years" in client.get(f"/presets/{SLUG}").text
    old = client.get(f"/presets/{SLUG}?version=1").text
    assert "15 years" in old
    assert "not the newest" in old
    assert client.get(f"/presets/{SLUG}?version=9").status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("size.minimum", "0", "Give a whole number."),
        ("size.minimum", "201", "Members, at least must be a whole number from 1 to 200, not 201."),
        ("size.citation", " ", "Citation is missing."),
        ("quotas.2.at_most_share", "3/2", "must be a fraction such as 2/3, not 3/2."),
        ("quotas.3.by", "employer", "At most or another bound of the quota is missing."),
        ("conflicts.spouse.citation", "", "Citation is missing."),
        ("conflicts.former-organisation.within_months", "", "the rule is about the past."),
        ("conflicts.advisor.within_months", "12", "Leave the months empty, or untick “Never expires”."),
        ("decision.ballot.approve.share", "", "is needed for a vote, and only for a vote."),
        ("retention.years", "101", "Years to keep the file must be a whole number from 1 to 100, not 101."),
        ("draw.mode", "thrice", "Not a valid choice."),
    ],
)
def test_wrong_values_are_named_at_their_field_and_nothing_is_saved(
    as_role, sent, database, field, value, message
):
    answer = as_role("administrator").post(f"/presets/{SLUG}/edit", data={**sent(), field: value})
    assert answer.status_code == 400
    assert message in answer.text
    assert 'id="errors"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert newest(database).number == 1


def test_all_faulty_rules_are_named_at_once(as_role, sent):
    data = sent(conflicts__spouse__citation="", conflicts__kin__citation="", retention__years="500")
    page = as_role("administrator").post(f"/presets/{SLUG}/edit", data=data).text
    assert "Conflicts of interest, Spouse: Citation" in page
    assert "Conflicts of interest, Kin: Citation" in page
    assert "3 things to put right" in page


def test_a_row_of_shares_left_empty_between_others_does_not_move_the_error(as_role, sent):
    data = {**sent(), "quotas.1.by": "", "quotas.2.at_most_share": "x"}
    page = as_role("administrator").post(f"/presets/{SLUG}/edit", data=data).text
    assert 'href="#quotas.2.at_most_share"' in page


def test_interest_parties_are_written_in_words_and_unknown_ones_refused(as_role, sent, database):
    client = as_role("administrator")
    row = {
        "quotas.3.by": "interest-party",
        "quotas.3.at_least_share": "1/4",
        "quotas.3.citation": "STD-4",
        "quotas.3.confidence": "P",
    }
    answer = client.post(
        f"/presets/{SLUG}/edit", data={**sent(), **row, "quotas.3.values": "Users, martians"}
    )
    assert "“martians” is no interest party." in answer.text
    answer = client.post(
        f"/presets/{SLUG}/edit", data={**sent(), **row, "quotas.3.values": "Users, research"}
    )
    assert answer.status_code == 302
    assert newest(database).body["quotas"][2]["values"] == ["user", "research"]


def test_a_rule_can_be_dropped_and_added(as_role, sent, database):
    data = sent(
        conflicts__competitor__handling="",
        conflicts__subsidiary__handling="leave-room",
        pairs__advisor__handling="bar",
        pairs__advisor__never_expires="y",
        pairs__advisor__citation="our own rule",
        pairs__advisor__effective_from="2026-01-01",
    )
    assert as_role("administrator").post(f"/presets/{SLUG}/edit", data=data).status_code == 302
    body = newest(database).body
    assert "competitor" not in body["conflicts"]
    assert body["conflicts"]["subsidiary"]["handling"] == "leave-room"
    assert body["pairs"]["advisor"]["never_expires"] is True
    assert body["pairs"]["advisor"]["effective_from"] == "2026-01-01"
    assert body["pairs"]["advisor"]["confidence"] == "M"


def test_a_stale_form_changes_nothing_and_shows_both_sides(as_role, sent, database):
    first, second = sent(retention__years="20"), sent(retention__years="30")
    client = as_role("administrator")
    assert client.post(f"/presets/{SLUG}/edit", data=first).status_code == 302
    answer = client.post(f"/presets/{SLUG}/edit", data=second)
    assert answer.status_code == 409
    assert "20 years" in answer.text
    assert "30 years" in answer.text
    assert newest(database).body["retention"]["years"] == 20


def test_a_copy_goes_its_own_way(as_role, presets, database):
    client = as_role("administrator")
    names = {"title_zh": "我市审查", "title_en": "City review"}
    answer = client.post(f"/presets/{SLUG}/copy", data={"slug": "city-review", **names})
    assert answer.location == "/presets/city-review/edit"
    made, source = newest(database, "city-review"), newest(database)
    assert made.body["conflicts"] == source.body["conflicts"]
    assert made.title_en == "City review"
    for slug, message in (("city-review", "already"), ("City Review", "small Latin letters")):
        answer = client.post(f"/presets/{SLUG}/copy", data={"slug": slug, **names})
        assert (answer.status_code, message in answer.text) == (400, True)


def test_a_preset_is_retired_and_brought_back(as_role, presets, database):
    client = as_role("administrator")
    client.post("/presets/award/retire")
    assert "award" not in [each.slug for each in presets_service.all_current(database)]
    page = client.get("/presets/award").text
    assert "Bring it back" in page
    assert "Change the rules" not in page
    client.post("/presets/award/bring-back")
    database.expire_all()
    assert "award" in [each.slug for each in presets_service.all_current(database)]


def test_a_retired_preset_is_not_changed(as_role, sent, database):
    data = sent("award", retention__years="30")
    client = as_role("administrator")
    client.post("/presets/award/retire")
    answer = client.post("/presets/award/edit", data=data)
    assert "Bring it back before you change it." in answer.text
    assert newest(database, "award").number == 1


@pytest.mark.parametrize(
    ("slug", "message"),
    [
        ("general-review", "This preset stays"),
        (SLUG, "Panels on items of enterprise standard, 企业标准 start from it"),
    ],
)
def test_a_preset_that_panels_start_from_is_not_retired(as_role, presets, database, slug, message):
    answer = as_role("administrator").post(f"/presets/{slug}/retire", follow_redirects=True)
    assert message in answer.text
    assert newest(database, slug).retired_at is None


def test_the_default_of_a_kind_of_item_is_chosen_and_taken_back(as_role, presets, database):
    client = as_role("administrator")
    answer = client.post(
        "/presets/defaults", data={"kind": "企业标准", "slug": "award"}, follow_redirects=True
    )
    assert "chosen by the office" in answer.text
    assert presets_service.default_for(database, ["企业标准"]).slug == "award"
    client.post("/presets/defaults", data={"kind": "企业标准", "slug": ""})
    database.expire_all()
    assert list(database.scalars(sa.select(ItemKindPreset))) == []


def test_kinds_that_ship_are_named_once_in_the_reader_s_language(as_role, presets, database):
    english = as_role("administrator").get("/presets/").text
    page = english.partition("Where panels start")[2]
    assert ">enterprise standard</th>" in page
    assert '<option value="企业标准" label="enterprise standard">' in page
    assert ">企业标准" not in english
    headers = {"Accept-Language": "zh-CN"}
    chinese = as_role("administrator").get("/presets/", headers=headers).text
    assert ">企业标准</th>" in chinese
    assert "enterprise standard" not in chinese


def test_a_default_needs_a_kind_and_a_preset_that_is_offered(as_role, presets):
    client = as_role("administrator")
    assert (
        "Name the kind of item." in client.post("/presets/defaults", data={"kind": " ", "slug": "award"}).text
    )
    answer = client.post("/presets/defaults", data={"kind": "x", "slug": "nowhere"})
    assert (answer.status_code, "Not a valid choice." in answer.text) == (400, True)


def test_an_administrator_of_one_organisation_reads_but_does_not_change(as_role, sent, database):
    organisation = make_organisation(database)
    database.commit()
    client = as_role("administrator", organisation_id=organisation.id)
    assert client.get(f"/presets/{SLUG}").status_code == 200
    assert client.get(f"/presets/{SLUG}/edit").status_code == 403
    for verb in ("edit", "copy", "retire", "bring-back"):
        assert client.post(f"/presets/{SLUG}/{verb}", data=sent(retention__years="1")).status_code == 403
    assert newest(database).number == 1


def test_an_unknown_preset_is_not_found(as_role, presets):
    client = as_role("administrator")
    for address in ("/presets/nowhere", "/presets/nowhere/edit", "/presets/nowhere/differences"):
        assert client.get(address).status_code == 404


def test_statements_of_the_list_do_not_grow_with_the_presets(as_role, app, presets, database):
    client = as_role("administrator")
    before = statements_of(app, lambda: client.get("/presets/"))
    for number in range(5):
        body = {**presets_service.current(database, SLUG).body, "slug": f"copy-{number}"}
        presets_service.revise(database, body, actor=SYSTEM, now=NOW)
    database.commit()
    assert statements_of(app, lambda: client.get("/presets/")) == before
