"""Choices, holidays and messages, for administrators of the whole office."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.outbox import service as outbox
from expertpool.outbox.models import Attempt, Message, MessageState
from expertpool.settings import choices
from expertpool.settings.models import DayKind, Holiday
from expertpool.web.settings.wording import MAILS
from tests.builders.organisations import make_organisation
from tests.conftest import NOW
from tests.web.counting import statements_of

PAGES = ("/settings/", "/settings/holidays", "/settings/messages")


@pytest.fixture
def administrator(as_role):
    return as_role("administrator")


def sent(database, **changes):
    """The form of the choices as a browser would send it."""
    database.expire_all()
    read = " ".join(f"{key}={version}" for key, version in choices.versions(database).items())
    return {**choices.values(database), "read": read, **{k.replace("__", "."): v for k, v in changes.items()}}


def make_day(database, day=date(2027, 1, 1), name="元旦", **values):
    holiday = Holiday(day=day, kind=DayKind.HOLIDAY, name=name, name_en="", **values)
    database.add(holiday)
    database.commit()
    return holiday


def make_message(database, state=MessageState.WAITING, key="k", to="he@example.org"):
    message = outbox.enqueue(
        database, kind="accounts/invite", to=to, locale="en", snapshot={}, dedupe_key=key, now=NOW
    )
    message.state = state
    if state is MessageState.DEAD:
        database.add(Attempt(message_id=message.id, at=NOW, error="refused: no such mailbox"))
    database.commit()
    return message


def test_choices_are_saved_and_audited_one_by_one(administrator, database):
    data = sent(database, office__name="我市标准办", invitations__days_to_answer="5")
    answer = administrator.post("/settings/", data=data)
    assert answer.status_code == 302
    database.expire_all()
    assert choices.value_of(database, "office.name") == "我市标准办"
    assert choices.value_of(database, "invitations.days_to_answer") == 5
    events = database.scalars(sa.select(AuditEntry.event).where(AuditEntry.event == "choice.choice-changed"))
    assert len(list(events)) == 2
    assert 'value="我市标准办"' in administrator.get("/settings/").text


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("training.hours_a_year", "401", "Give a number from 0 to 400."),
        ("training.hours_a_year", "many", "Not a valid integer value."),
        ("training.hours_a_year", "", "Give a whole number."),
        ("office.name", "", "Give a text."),
        ("office.name", "x" * 81, "Field cannot be longer than 80 characters."),
    ],
)
def test_a_wrong_choice_is_named_at_its_field(administrator, database, field, value, message):
    answer = administrator.post("/settings/", data={**sent(database), field: value})
    assert (answer.status_code, message in answer.text) == (400, True)
    assert f'href="#{field}"' in answer.text
    assert choices.values(database)["training.hours_a_year"] == 90


def test_a_choice_that_somebody_changed_meanwhile_is_not_overwritten(administrator, database):
    mine = sent(database, training__hours_a_year="30")
    administrator.post("/settings/", data=sent(database, training__hours_a_year="20"))
    answer = administrator.post("/settings/", data=mine)
    assert answer.status_code == 409
    database.expire_all()
    assert choices.value_of(database, "training.hours_a_year") == 20


def test_a_year_is_seeded_shown_and_marked_provisional_until_announced(administrator, database):
    answer = administrator.post("/settings/holidays/seed", data={"year": "2026"}, follow_redirects=True)
    assert "Holidays and make-up workdays of 2026" in answer.text
    assert "Make-up workday, worked" in answer.text
    assert "provisional" not in answer.text
    make_day(database, provisional=True)
    assert "1 day is provisional" in administrator.get("/settings/holidays?year=2027").text


@pytest.mark.parametrize("year", ["1900", "", "soon"])
def test_a_year_that_no_calendar_knows_is_refused(administrator, database, year):
    answer = administrator.post("/settings/holidays/seed", data={"year": year}, follow_redirects=True)
    assert answer.status_code == 200
    assert list(database.scalars(sa.select(Holiday))) == []


def test_a_day_is_entered_changed_and_removed(administrator, database):
    data = {"day": "2027-03-01", "kind": "holiday", "name": "校庆", "name_en": "Founders' day"}
    assert administrator.post("/settings/holidays", data=data).location == "/settings/holidays?year=2027"
    holiday = database.scalars(sa.select(Holiday)).one()
    address = f"/settings/holidays/{holiday.id}"
    assert "校庆" in administrator.get(address).text
    change = {"kind": "workday", "name": "补课", "version": str(holiday.version)}
    assert administrator.post(address, data=change).status_code == 302
    database.expire_all()
    assert (holiday.kind, holiday.name, holiday.provisional) == (DayKind.WORKDAY, "补课", False)
    administrator.post(f"{address}/remove")
    assert list(database.scalars(sa.select(Holiday))) == []


def test_a_day_is_not_entered_twice(administrator, database):
    make_day(database)
    data = {"day": "2027-01-01", "kind": "workday", "name": "别名"}
    answer = administrator.post("/settings/holidays", data=data)
    assert (answer.status_code, "in the table already" in answer.text) == (400, True)
    assert database.scalars(sa.select(Holiday.name)).all() == ["元旦"]


@pytest.mark.parametrize("missing", ["day", "kind", "name"])
def test_a_day_needs_its_date_kind_and_name(administrator, database, missing):
    data = {"day": "2027-03-01", "kind": "holiday", "name": "校庆"}
    answer = administrator.post("/settings/holidays", data={**data, missing: ""})
    assert answer.status_code == 400
    assert list(database.scalars(sa.select(Holiday))) == []


def test_a_stale_day_is_not_overwritten(administrator, database):
    holiday = make_day(database)
    data = {"kind": "holiday", "name": "新年", "version": str(holiday.version - 1)}
    answer = administrator.post(f"/settings/holidays/{holiday.id}", data=data)
    assert (answer.status_code, "元旦" in answer.text, "新年" in answer.text) == (409, True, True)
    assert database.scalars(sa.select(Holiday.name)).all() == ["元旦"]


def test_a_message_that_could_not_be_sent_is_shown_with_its_error_and_sent_again(administrator, database):
    message = make_message(database, MessageState.DEAD)
    page = administrator.get("/settings/messages?state=dead").text
    assert "refused: no such mailbox" in page
    assert f"<td>{MAILS[message.kind]}</td>" in page
    administrator.post(f"/settings/messages/{message.id}/retry")
    database.expire_all()
    assert message.state is MessageState.WAITING


def test_every_mail_has_a_name():
    folder = Path(__file__).parents[3] / "templates" / "mail"
    found = (path.relative_to(folder).with_suffix("") for path in folder.rglob("*.txt"))
    assert {str(path) for path in found if not path.name.startswith("_")} == set(MAILS)


def test_a_waiting_message_is_cancelled_and_a_sent_one_is_not(administrator, database):
    waiting, gone = make_message(database), make_message(database, MessageState.SENT, key="l")
    administrator.post(f"/settings/messages/{waiting.id}/cancel")
    answer = administrator.post(f"/settings/messages/{gone.id}/cancel", follow_redirects=True)
    assert "was sent or cancelled already" in answer.text
    database.expire_all()
    assert (waiting.state, gone.state) == (MessageState.CANCELLED, MessageState.SENT)


def test_messages_are_narrowed_by_state_and_paged(administrator, database):
    for number in range(51):
        make_message(database, key=f"k{number}", to=f"p{number}@example.org")
    make_message(database, MessageState.SENT, key="sent", to="gone@example.org")
    page = administrator.get("/settings/messages?state=waiting").text
    assert "gone@example.org" not in page
    assert ">p50@example.org<" in page
    assert ">p0@example.org<" not in page
    oldest = database.scalar(sa.select(Message.id).where(Message.recipient == "p1@example.org"))
    assert ">p0@example.org<" in administrator.get(f"/settings/messages?state=waiting&before={oldest}").text


def test_statements_of_lists_do_not_grow(administrator, app, database):
    make_message(database, MessageState.DEAD)
    make_day(database)
    addresses = ("/settings/messages", "/settings/holidays?year=2027")
    before = [statements_of(app, lambda: administrator.get(address)) for address in addresses]  # noqa: B023
    for number in range(10):
        make_message(database, MessageState.DEAD, key=f"k{number}")
        make_day(database, date(2027, 2, number + 1))
    after = [statements_of(app, lambda: administrator.get(address)) for address in addresses]  # noqa: B023
    assert after == before


@pytest.mark.parametrize("page", PAGES)
def test_an_administrator_of_one_organisation_is_kept_out(as_role, database, page):
    organisation = make_organisation(database)
    make_message(database)
    client = as_role("administrator", organisation_id=organisation.id)
    answer = client.get(page)
    assert (answer.status_code, "he@example.org" in answer.text) == (403, False)


@pytest.mark.parametrize("address", ["/settings/holidays/9", "/settings/holidays/9/remove"])
def test_an_unknown_day_is_not_found(administrator, address):
    assert administrator.post(address).status_code == 404


def test_every_page_of_the_settings_leads_to_the_others(administrator):
    for page in PAGES:
        text = administrator.get(page).text
        assert [address for address in PAGES if f'href="{address}"' not in text] == []
