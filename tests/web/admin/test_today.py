"""The front page of administrators, auditors, and of who has nothing to do."""

from __future__ import annotations

from expertpool.audit import sealing, verifying
from expertpool.outbox.models import MessageState
from expertpool.outbox.service import enqueue
from tests.builders.access import CLI, make_grant, make_user
from tests.builders.organisations import make_organisation
from tests.conftest import NOW


def test_an_administrator_sees_unsent_mail_and_unconfirmed_users(as_role, database):
    make_user(database)
    dead = enqueue(
        database, kind="a/b", to="a@example.org", locale="en", snapshot={}, dedupe_key="one", now=NOW
    )
    dead.state = MessageState.DEAD
    page = as_role("administrator").get("/").text
    assert "1 message could not be sent" in page
    assert 'href="/settings/messages?state=dead"' in page
    assert "not confirmed the mail address" in page


def test_an_auditor_sees_the_head_and_the_last_verification(as_role, database):
    make_user(database)
    sealing.seal(database)
    verifying.note(database, sealing.verify(database), actor=CLI, now=NOW)
    page = as_role("auditor").get("/").text
    assert sealing.head(database).hash in page
    assert "Last verified on" in page
    assert "could not be sent" not in page


def test_a_scoped_auditor_and_an_organiser_see_no_head(as_role, database):
    make_user(database)
    sealing.seal(database)
    for client in (as_role("auditor", organisation_id=make_organisation(database).id), as_role("organiser")):
        assert sealing.head(database).hash not in client.get("/").text


def test_a_scoped_administrator_counts_only_users_there(as_role, database):
    here = make_organisation(database)
    make_grant(database, make_user(database), "expert", organisation_id=here.id)
    make_user(database)
    make_user(database)
    page = as_role("administrator", organisation_id=here.id).get("/").text
    assert "1 user has not" in page or "2 users have not" in page
    assert "3 users" not in page


def test_who_has_nothing_to_do_reads_so_and_finds_the_account(as_role, database):
    page = as_role("trainee").get("/").text
    assert "Nothing to do today" in page
    assert 'href="/account"' in page
