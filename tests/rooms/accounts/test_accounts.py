"""Accounts, the links mailed to their users, and sign-ins."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from expertpool.accounts import links, service, sign_ins
from expertpool.accounts.models import Link, Purpose, SignIn
from expertpool.audit.models import AuditEntry
from expertpool.errors import Invalid
from expertpool.outbox.models import Message
from expertpool.outbox.rendering import Renderer
from expertpool.outbox.service import snapshot_of
from expertpool.settings import crypto
from tests.builders.access import CLI, make_user
from tests.conftest import NOW

SOON = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def data_keys():
    crypto.use(["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="])


def send(session, user, purpose, *, now=NOW, email=None):
    return links.send(session, user, purpose, locale="en", actor=CLI, now=now, email=email)


def token_of(session, link):
    message = session.scalar(sa.select(Message).where(Message.dedupe_key == f"account-link:{link.id}"))
    return snapshot_of(message)["path"].removeprefix("/link/")


def test_an_address_is_kept_in_lower_case_and_found_in_any(session):
    user = make_user(session, email=" Zhou.Lan@Example.ORG ")
    assert user.email == "zhou.lan@example.org"
    assert service.find_user(session, "ZHOU.lan@example.org") is user


def test_an_address_has_one_account(session):
    make_user(session, email="zhou@example.org")
    with pytest.raises(Invalid, match=r"zhou@example\.org already has an account") as error:
        make_user(session, email="Zhou@example.org")
    assert error.value.field == "email"


@pytest.mark.parametrize(
    "text", ["", "zhou", "zhou@", "@example.org", "a b@example.org", "zhou@example.org\n b"]
)
def test_what_is_no_address_is_refused(session, text):
    with pytest.raises(Invalid, match="no mail address"):
        make_user(session, email=text)


def test_a_password_of_nine_characters_is_too_short_and_ten_is_not(session):
    with pytest.raises(Invalid, match="9 characters"):
        make_user(session, password="123456789")
    user = make_user(session, password="1234567890")
    assert PasswordHasher().verify(user.password, "1234567890")


def test_a_new_password_ends_all_sessions_and_is_audited_without_it(session):
    user = make_user(session, password="old password")
    before = user.fs_uniquifier
    service.set_password(session, user, "new password", actor=CLI, now=NOW)
    assert user.fs_uniquifier != before
    entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.event, entry.facts, entry.personal) == ("user.password-set", {}, None)


def test_a_change_that_changes_nothing_is_not_audited(session):
    user = make_user(session, name="Zhou")
    change = {"locale": "en", "timezone": None, "actor": CLI, "now": NOW}
    service.change_profile(session, user, name="Zhou", **change)
    service.change_profile(session, user, name=" Zhou ", **change)
    found = session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "user.profile-changed")).all()
    assert [entry.facts for entry in found] == [{"fields": ["locale"]}]


def test_a_link_works_once(session):
    user = make_user(session)
    token = token_of(session, send(session, user, Purpose.SIGN_IN))
    found = links.find(session, token, now=SOON)
    assert found.user is user
    links.confirm(session, found, actor=CLI, now=SOON)
    assert links.find(session, token, now=SOON) is None
    with pytest.raises(Invalid, match="already used"):
        links.use(session, found, now=SOON)


def test_a_link_works_until_its_last_moment(session):
    user = make_user(session)
    token = token_of(session, send(session, user, Purpose.SIGN_IN))
    assert links.find(session, token, now=NOW + timedelta(minutes=30, seconds=-1)) is not None
    assert links.find(session, token, now=NOW + timedelta(minutes=30)) is None


def test_a_newer_link_withdraws_the_older_of_its_purpose_only(session):
    user = make_user(session)
    first = token_of(session, send(session, user, Purpose.SIGN_IN))
    reset = token_of(session, send(session, user, Purpose.RESET))
    second = token_of(session, send(session, user, Purpose.SIGN_IN, now=SOON))
    assert [links.find(session, token, now=SOON) is not None for token in (first, reset, second)] == [
        False,
        True,
        True,
    ]


def test_a_second_link_within_a_minute_is_not_sent(session):
    user = make_user(session)
    assert send(session, user, Purpose.SIGN_IN) is not None
    assert send(session, user, Purpose.SIGN_IN, now=NOW + timedelta(seconds=59)) is None
    assert send(session, user, Purpose.SIGN_IN, now=NOW + timedelta(seconds=60)) is not None


def test_the_database_and_the_trail_hold_no_token(session):
    user = make_user(session)
    link = send(session, user, Purpose.RESET)
    token = token_of(session, link)
    assert len(token) == 43
    rows = [
        tuple(row)
        for table in (Link, AuditEntry, Message)
        for row in session.execute(sa.select(table.__table__))
    ]
    assert len(rows) >= 3
    assert token not in repr(rows)


def test_a_link_of_a_closed_account_does_not_work(session):
    user = make_user(session)
    token = token_of(session, send(session, user, Purpose.SIGN_IN))
    service.deactivate(session, user, reason="", actor=CLI, now=NOW)
    assert links.find(session, token, now=SOON) is None


def test_a_sign_in_link_sets_no_password(session):
    user = make_user(session)
    link = send(session, user, Purpose.SIGN_IN)
    with pytest.raises(Invalid):
        links.set_password(session, link, "a new password", actor=CLI, now=SOON)
    assert user.password is None


def test_setting_the_password_by_invitation_confirms_the_address(session):
    user = make_user(session)
    link = send(session, user, Purpose.INVITE)
    links.set_password(session, link, "a new password", actor=CLI, now=SOON)
    assert user.confirmed_at == SOON
    assert PasswordHasher().verify(user.password, "a new password")


def test_a_short_password_leaves_the_link_usable(session):
    user = make_user(session)
    link = send(session, user, Purpose.INVITE)
    with pytest.raises(Invalid):
        links.set_password(session, link, "short", actor=CLI, now=SOON)
    assert links.find(session, token_of(session, link), now=SOON) is not None


def test_confirming_takes_the_new_address(session):
    user = make_user(session, email="old@example.org")
    link = send(session, user, Purpose.CONFIRM, email="new@example.org")
    assert user.email == "old@example.org"
    links.confirm(session, link, actor=CLI, now=SOON)
    assert (user.email, user.confirmed_at) == ("new@example.org", SOON)


def test_an_address_that_came_to_be_anothers_is_not_taken(session):
    user = make_user(session, email="old@example.org")
    link = send(session, user, Purpose.CONFIRM, email="new@example.org")
    make_user(session, email="new@example.org")
    with pytest.raises(Invalid, match="already has an account"):
        links.confirm(session, link, actor=CLI, now=SOON)
    assert user.email == "old@example.org"


def begin(session, user, key):
    return sign_ins.start(
        session, user, key=key, address="192.0.2.1", device="Firefox", means=["password"], actor=CLI, now=NOW
    )


def test_a_sign_in_is_open_to_its_key_and_user_until_ended(session):
    user, other = make_user(session), make_user(session)
    begun = begin(session, user, "key")
    assert sign_ins.is_open(session, user.id, "key")
    assert not sign_ins.is_open(session, other.id, "key")
    assert not sign_ins.is_open(session, user.id, "other key")
    assert sign_ins.end(session, other.id, sign_in_id=begun.id, actor=CLI, now=SOON) == 0
    assert sign_ins.end(session, user.id, sign_in_id=begun.id, actor=CLI, now=SOON) == 1
    assert not sign_ins.is_open(session, user.id, "key")


def test_ending_all_others_spares_this_one_and_other_users(session):
    user, other = make_user(session), make_user(session)
    for whose, key in ((user, "mine"), (user, "second"), (user, "third"), (other, "theirs")):
        begin(session, whose, key)
    assert sign_ins.end(session, user.id, except_key="mine", actor=CLI, now=SOON) == 2
    still = session.scalars(
        sa.select(SignIn.user_id).where(SignIn.ended_at.is_(None)).order_by(SignIn.id)
    ).all()
    assert still == [user.id, other.id]


def mails(session) -> list[tuple[str, str, str]]:
    return [
        (message.kind, message.recipient, message.locale)
        for message in session.scalars(sa.select(Message).order_by(Message.id))
    ]


def mail_text(session, kind: str) -> str:
    message = session.scalar(sa.select(Message).where(Message.kind == kind))
    return Renderer("https://pool.example.org", "pool@example.org", "Asia/Shanghai")(message).get_content()


def test_a_changed_password_is_told_and_a_first_one_is_not(session):
    user = make_user(session, email="zhou@example.org", name="Zhou Lan", locale="zh_Hans", password=None)
    service.set_password(session, user, "first password", actor=CLI, now=NOW)
    assert mails(session) == []
    service.set_password(session, user, "second password", actor=CLI, now=NOW)
    assert mails(session) == [("accounts/password-changed", "zhou@example.org", "zh_Hans")]
    text = mail_text(session, "accounts/password-changed")
    assert "Zhou Lan，您好！" in text
    assert "second password" not in text


@pytest.mark.parametrize(
    "what", ["authenticator on", "authenticator off", "passkey added", "passkey removed"]
)
def test_a_changed_way_to_sign_in_is_told_in_the_users_language(session, what):
    user = make_user(session, email="zhou@example.org", locale="en")
    service.note_change_of_ways(session, user, what, actor=CLI, now=NOW)
    assert mails(session) == [("accounts/ways-changed", "zhou@example.org", "en")]
    thing, change = what.rsplit(" ", 1)
    words = {"on": "set up", "off": "turned off"}.get(change, change)
    assert re.search(rf"{thing}.* {words}", mail_text(session, "accounts/ways-changed"))


def written(session, verb) -> list[str]:
    """Return the tables that `verb` inserts into, in order."""
    tables: list[str] = []

    def note(_connection, _cursor, statement, *_more):
        tables.extend(re.findall(r"INSERT INTO (\w+)", statement))

    sa.event.listen(session.get_bind(), "before_cursor_execute", note)
    verb()
    session.flush()
    sa.event.remove(session.get_bind(), "before_cursor_execute", note)
    return tables


def test_asking_for_a_link_does_the_same_work_for_whoever_has_an_account(session):
    make_user(session, email="zhou@example.org")
    closed = make_user(session, email="closed@example.org")
    closed.active = False
    session.flush()

    def ask(email):
        return written(session, lambda: links.ask(session, email, Purpose.SIGN_IN, locale="en", now=NOW))

    work = ["account_links", "messages", "audit_entries"]
    assert ask("zhou@example.org") == work
    for other in ("nobody@example.org", "closed@example.org", "zhou@example.org"):
        assert ask(other) == ["users", *work]
    assert mails(session) == [("accounts/sign-in", "zhou@example.org", "en")]
    assert session.scalar(sa.select(sa.func.count()).select_from(Link)) == 1
