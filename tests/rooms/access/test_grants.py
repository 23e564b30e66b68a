"""Giving and taking roles."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from expertpool.access import queries, service
from expertpool.access.models import Grant, Role
from expertpool.audit.models import AuditEntry
from expertpool.errors import Forbidden, Invalid
from expertpool.events import Actor
from expertpool.organisations.models import Organisation
from expertpool.outbox.models import Message
from expertpool.outbox.rendering import Renderer
from expertpool.settings import crypto
from tests.builders.access import CLI, actor_of, make_grant, make_user
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def data_keys():
    crypto.use(["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="])


def make_organisation(session, name, parent=None):
    made = Organisation(name=name, name_key=name, parent_id=parent and parent.id, created_at=NOW)
    session.add(made)
    session.flush()
    return made


@pytest.fixture
def administrator(session):
    user = make_user(session, name="Root")
    make_grant(session, user, "administrator")
    return user


def give(session, user, role, by, organisation_id=None):
    actor = by if isinstance(by, Actor) else actor_of(by)
    return service.grant(
        session, user, Role(role), organisation_id=organisation_id, reason="", actor=actor, now=NOW
    )


def test_an_administrator_gives_a_role_and_it_is_audited(session, administrator):
    user = make_user(session)
    held = give(session, user, "organiser", administrator)
    assert queries.grants_of(session, user.id).reach == {Role.ORGANISER: None}
    entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.event, entry.subject_id, entry.actor_id) == ("user.role-granted", user.id, administrator.id)
    assert entry.facts == {"grant_id": held.id, "role": "organiser", "organisation_id": None, "reason": ""}


def test_nobody_gives_a_role_to_themselves(session, administrator):
    with pytest.raises(Forbidden, match="themselves"):
        give(session, administrator, "organiser", administrator)


def test_the_database_refuses_a_role_given_to_oneself(session, administrator):
    session.add(
        Grant(user_id=administrator.id, granted_by_id=administrator.id, role=Role.ORGANISER, granted_at=NOW)
    )
    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.parametrize("role", ["organiser", "auditor", "expert", "trainee"])
def test_only_administrators_give_roles(session, administrator, role):
    other = make_user(session)
    make_grant(session, other, role)
    with pytest.raises(Forbidden):
        give(session, make_user(session), "expert", other)


def test_a_stranger_of_a_page_gives_no_roles(session):
    with pytest.raises(Forbidden):
        give(session, make_user(session), "expert", Actor(None, "", via="web"))


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ("auditor", "organiser"),
        ("auditor", "administrator"),
        ("organiser", "auditor"),
        ("administrator", "auditor"),
    ],
)
def test_who_audits_neither_organises_nor_administers(session, administrator, held, wanted):
    office = make_organisation(session, "Office")
    user = make_user(session)
    make_grant(session, user, held, organisation_id=office.id)
    with pytest.raises(Invalid, match="nobody audits their own work"):
        give(session, user, wanted, administrator)


def test_an_auditor_may_also_be_expert(session, administrator):
    user = make_user(session)
    make_grant(session, user, "auditor")
    give(session, user, "expert", administrator)
    assert queries.grants_of(session, user.id).roles == {Role.AUDITOR, Role.EXPERT}


def test_a_revoked_role_excludes_nothing_any_more(session, administrator):
    user = make_user(session)
    held = make_grant(session, user, "organiser")
    service.revoke(session, held, reason="moved", actor=actor_of(administrator), now=NOW)
    give(session, user, "auditor", administrator)
    assert queries.grants_of(session, user.id).roles == {Role.AUDITOR}


def test_a_role_is_not_given_twice_in_one_place(session, administrator):
    office, other = make_organisation(session, "Office"), make_organisation(session, "Other")
    user = make_user(session)
    give(session, user, "organiser", administrator, office.id)
    give(session, user, "organiser", administrator, other.id)
    with pytest.raises(Invalid, match="already has this role"):
        give(session, user, "organiser", administrator, office.id)


def test_the_database_refuses_a_role_twice_in_force(session):
    user = make_user(session)
    make_grant(session, user, "expert")
    with pytest.raises(IntegrityError):
        make_grant(session, user, "expert")


def test_the_last_administrator_stays(session, administrator):
    held = session.scalar(sa.select(Grant).where(Grant.user_id == administrator.id))
    with pytest.raises(Invalid, match="last administrator"):
        service.revoke(session, held, reason="", actor=CLI, now=NOW)
    second = make_user(session)
    make_grant(session, second, "administrator")
    service.revoke(session, held, reason="", actor=CLI, now=NOW)
    assert queries.administrators(session) == {second.id}


def test_the_last_administrator_cannot_be_closed(session, administrator):
    with pytest.raises(Invalid, match="last administrator"):
        service.deactivate(session, administrator, reason="", actor=CLI, now=NOW)


def test_a_closed_administrator_does_not_count_as_one(session, administrator):
    closed = make_user(session)
    make_grant(session, closed, "administrator")
    service.deactivate(session, closed, reason="", actor=actor_of(administrator), now=NOW)
    assert queries.administrators(session) == {administrator.id}


def test_a_scope_covers_the_organisation_and_all_below_and_nothing_beside(session):
    office = make_organisation(session, "Office")
    section = make_organisation(session, "Section", office)
    desk = make_organisation(session, "Desk", section)
    beside = make_organisation(session, "Beside")
    user = make_user(session)
    make_grant(session, user, "organiser", organisation_id=section.id)
    grants = queries.grants_of(session, user.id)
    assert grants.scope("panels.edit") == {section.id, desk.id}
    assert [
        grants.covers("panels.edit", place) for place in (section.id, desk.id, office.id, beside.id, None)
    ] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert grants.covers("accounts.manage", section.id) is False


def test_a_role_everywhere_outweighs_the_same_role_somewhere(session):
    office = make_organisation(session, "Office")
    user = make_user(session)
    make_grant(session, user, "organiser", organisation_id=office.id)
    make_grant(session, user, "organiser")
    assert queries.grants_of(session, user.id).scope("panels.edit") is None


def test_without_roles_nothing_is_covered(session):
    grants = queries.grants_of(session, make_user(session).id)
    assert (grants.may("panels.view"), grants.scope("panels.view")) == (False, frozenset())
    assert grants.covers("panels.view", None) is False


def test_a_scoped_administrator_gives_roles_there_and_nowhere_else(session):
    office, beside = make_organisation(session, "Office"), make_organisation(session, "Beside")
    scoped = make_user(session)
    make_grant(session, scoped, "administrator", organisation_id=office.id)
    user = make_user(session)
    give(session, user, "expert", scoped, office.id)
    for place in (beside.id, None):
        with pytest.raises(Forbidden):
            give(session, user, "trainee", scoped, place)


def test_a_scoped_administrator_sees_only_users_with_a_role_there(session):
    office, beside = make_organisation(session, "Office"), make_organisation(session, "Beside")
    here, there, nobody = (make_user(session, name=name) for name in ("Here", "There", "Nobody"))
    make_grant(session, here, "expert", organisation_id=office.id)
    make_grant(session, there, "expert", organisation_id=beside.id)
    seen = session.scalars(queries.users(frozenset({office.id}))).all()
    assert seen == [here]
    assert {user.name for user in session.scalars(queries.users(None))} >= {"Here", "There", "Nobody"}
    assert nobody not in seen


def test_a_scoped_administrator_cannot_close_who_also_has_a_role_elsewhere(session, administrator):
    office = make_organisation(session, "Office")
    scoped = make_user(session)
    make_grant(session, scoped, "administrator", organisation_id=office.id)
    user = make_user(session)
    make_grant(session, user, "expert", organisation_id=office.id)
    elsewhere = make_grant(session, user, "trainee")
    with pytest.raises(Forbidden):
        service.deactivate(session, user, reason="", actor=actor_of(scoped), now=NOW)
    service.revoke(session, elsewhere, reason="", actor=actor_of(administrator), now=NOW)
    service.deactivate(session, user, reason="", actor=actor_of(scoped), now=NOW)
    assert user.active is False


def test_searching_users_takes_wildcards_as_text(session):
    percent = make_user(session, name="100% Li")
    make_user(session, name="1000 Li")
    assert session.scalars(queries.users(None, "100%")).all() == [percent]


def test_a_new_role_is_told_by_mail_to_who_has_an_account_in_use(session, administrator):
    invited = make_user(session, email="invited@example.org", locale="en")
    user = make_user(session, email="zhou@example.org", locale="zh_Hans", confirmed=True)
    for each in (invited, user):
        service.grant(
            session,
            each,
            Role.AUDITOR,
            organisation_id=None,
            reason="",
            actor=actor_of(administrator),
            now=NOW,
        )
    (message,) = session.scalars(sa.select(Message))
    assert (message.recipient, message.kind) == ("zhou@example.org", "accounts/role-granted")
    mail = Renderer("https://pool.example.org", "pool@example.org", "Asia/Shanghai")(message)
    assert mail["Subject"] == "您有了新角色"
    assert "您现为 ExpertPool 的监督员，范围为全部单位。" in mail.get_content()
