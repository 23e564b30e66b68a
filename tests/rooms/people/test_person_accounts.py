"""Accounts of people: invited, connected, disconnected, and by whom."""

import pytest
import sqlalchemy as sa

from expertpool.access.models import Grant, Role
from expertpool.accounts.models import Link, Purpose
from expertpool.audit.models import AuditEntry
from expertpool.errors import Forbidden, Invalid
from expertpool.outbox.models import Message
from expertpool.people import accounts
from tests.builders.access import actor_of, make_grant, make_user
from tests.builders.organisations import make_organisation
from tests.builders.people import make_person
from tests.conftest import NOW


@pytest.fixture
def manager(session):
    user = make_user(session, name="管理员")
    make_grant(session, user, Role.ADMINISTRATOR)
    return actor_of(user)


def invite(session, person, email, actor):
    return accounts.invite(session, person, email, locale="zh_Hans", actor=actor, now=NOW)


def events_of(session, person):
    query = sa.select(AuditEntry.event).where(
        AuditEntry.subject_kind == "person", AuditEntry.subject_id == person.id
    )
    return session.scalars(query.order_by(AuditEntry.id)).all()


def roles_of(session, user):
    return session.execute(sa.select(Grant.role, Grant.organisation_id).where(Grant.user_id == user.id)).all()


def test_a_new_account_has_the_experts_role_and_gets_an_invitation(session, manager):
    person = make_person(session, "何霁", addresses=("he@example.org",))
    user, is_new = invite(session, person, " He@Example.org ", manager)
    assert (is_new, user.email, user.name, person.user_id) == (True, "he@example.org", "何霁", user.id)
    assert roles_of(session, user) == [(Role.EXPERT, None)]
    assert session.scalars(sa.select(Link.purpose).where(Link.user_id == user.id)).all() == [Purpose.INVITE]
    assert session.scalars(sa.select(Message.recipient).where(Message.kind == "accounts/invite")).all() == [
        user.email
    ]
    assert events_of(session, person) == ["person.account-connected"]


def test_an_account_that_the_address_has_is_connected_without_mail(session, manager):
    person = make_person(session, "何霁")
    user = make_user(session, email="he@example.org")
    make_grant(session, user, Role.ORGANISER)
    assert invite(session, person, "he@example.org", manager) == (user, False)
    assert {role for role, _ in roles_of(session, user)} == {Role.ORGANISER, Role.EXPERT}
    assert session.scalars(sa.select(Link)).all() == []


def test_a_role_that_is_held_is_not_granted_again(session, manager):
    person = make_person(session, "何霁")
    user = make_user(session, email="he@example.org")
    make_grant(session, user, Role.EXPERT)
    invite(session, person, "he@example.org", manager)
    assert roles_of(session, user) == [(Role.EXPERT, None)]


def test_who_may_not_grant_may_not_invite(session):
    person = make_person(session, "何霁", addresses=("he@example.org",))
    organiser = make_user(session)
    make_grant(session, organiser, Role.ORGANISER)
    with pytest.raises(Forbidden):
        invite(session, person, "he@example.org", actor_of(organiser))
    assert person.user_id is None


def test_an_administrator_of_one_organisation_invites_its_people_only(session):
    ours, other = make_organisation(session, "北辰材料研究院"), make_organisation(session, "青原理工大学")
    local = make_user(session)
    make_grant(session, local, Role.ADMINISTRATOR, organisation_id=ours.id)
    inside, outside = (
        make_person(session, "何霁", employer=ours),
        make_person(session, "白鹿鸣", employer=other),
    )
    user, _ = invite(session, inside, "he@example.org", actor_of(local))
    assert roles_of(session, user) == [(Role.EXPERT, ours.id)]
    with pytest.raises(Forbidden):
        invite(session, outside, "bai@example.org", actor_of(local))
    with pytest.raises(Forbidden):
        invite(session, make_person(session, "唐以宁"), "tang@example.org", actor_of(local))


def test_accounts_and_addresses_of_others_are_refused(session, manager):
    person = make_person(session, "何霁")
    taken = make_user(session, email="tang@example.org")
    make_person(session, "唐以宁", number="E7", user_id=taken.id)
    make_person(session, "陆文澜", number="E8", addresses=("lu@example.org",))
    closed = make_user(session, email="closed@example.org")
    closed.active = False
    for email, words in (
        ("tang@example.org", "is the account of"),
        ("lu@example.org", "is the address of"),
        ("closed@example.org", "is closed"),
        ("nothing", "is no mail address"),
    ):
        with pytest.raises(Invalid, match=words) as refused:
            invite(session, person, email, manager)
        assert refused.value.field == "email"
    assert (person.user_id, events_of(session, person)) == (None, [])


def test_nobody_connects_their_own_account(session):
    user = make_user(session, email="he@example.org")
    make_grant(session, user, Role.ADMINISTRATOR)
    make_grant(session, user, Role.EXPERT)
    with pytest.raises(Forbidden):
        invite(session, make_person(session, "何霁"), "he@example.org", actor_of(user))


def test_a_person_has_one_account_until_it_is_disconnected(session, manager):
    person = make_person(session, "何霁")
    user, _ = invite(session, person, "he@example.org", manager)
    with pytest.raises(Invalid, match="has an account already"):
        invite(session, person, "other@example.org", manager)
    accounts.disconnect(session, person, actor=manager, now=NOW)
    assert (person.user_id, user.active) == (None, True)
    assert events_of(session, person) == ["person.account-connected", "person.account-disconnected"]
    with pytest.raises(Invalid, match="has no account"):
        accounts.disconnect(session, person, actor=manager, now=NOW)


def test_who_does_not_manage_the_account_does_not_disconnect_it(session, manager):
    person = make_person(session, "何霁")
    user, _ = invite(session, person, "he@example.org", manager)
    organiser = make_user(session)
    make_grant(session, organiser, Role.ORGANISER)
    with pytest.raises(Forbidden):
        accounts.disconnect(session, person, actor=actor_of(organiser), now=NOW)
    assert person.user_id == user.id
