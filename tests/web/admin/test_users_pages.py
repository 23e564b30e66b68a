"""Administration of users in the pages."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from expertpool.access.models import Grant, Role
from expertpool.accounts.models import User
from expertpool.organisations.models import Organisation
from expertpool.outbox.models import Message
from tests.builders.access import make_grant, make_user
from tests.conftest import NOW
from tests.web.foreign import assert_closed


def make_organisation(session, name):
    made = Organisation(name=name, name_key=name, created_at=NOW)
    session.add(made)
    session.flush()
    return made


@pytest.fixture
def administrator(as_role):
    return as_role("administrator")


def test_an_invited_user_gets_a_mail_and_the_role(administrator, database):
    office = make_organisation(database, "青原市标准院")
    form = {"email": "New@example.org", "name": "何霁", "role": "organiser", "organisation": "青原市标准院"}
    answer = administrator.post("/admin/users/new", data=form)
    user = database.scalars(sa.select(User).where(User.email == "new@example.org")).one()
    assert answer.location == f"/admin/users/{user.id}"
    held = database.scalars(sa.select(Grant).where(Grant.user_id == user.id)).one()
    assert (held.role, held.organisation_id, held.granted_by_id) == (
        Role.ORGANISER,
        office.id,
        administrator.user_id,
    )
    message = database.scalars(sa.select(Message)).one()
    assert (message.kind, message.recipient) == ("accounts/invite", "new@example.org")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"email": "taken@example.org"}, "taken@example.org already has an account."),
        ({"email": "nonsense"}, "no mail address"),
        ({"name": " "}, "Give a name."),
        ({"organisation": "Nowhere"}, "There is no organisation “Nowhere”."),
        ({"role": "king"}, "Not a valid choice"),
    ],
)
def test_a_refused_invitation_says_why_at_the_field_and_makes_nothing(administrator, database, change, fault):
    make_user(database, email="taken@example.org")
    database.commit()
    before = database.scalar(sa.select(sa.func.count(User.id)))
    form = {"email": "new@example.org", "name": "He Ji", "role": "expert", "organisation": ""} | change
    answer = administrator.post("/admin/users/new", data=form)
    assert answer.status_code == 400
    assert answer.text.count(fault) == 2
    assert database.scalar(sa.select(sa.func.count(User.id))) == before


def test_a_role_given_and_revoked_shows_with_its_dates(administrator, database):
    user = make_user(database, name="He Ji")
    administrator.post(
        f"/admin/users/{user.id}/grants", data={"role": "expert", "reason": "drafts standards"}
    )
    page = administrator.get(f"/admin/users/{user.id}").text
    assert "in force" in page
    assert "drafts standards" in page
    held = database.scalars(sa.select(Grant).where(Grant.user_id == user.id)).one()
    administrator.post(f"/admin/users/{user.id}/grants/{held.id}/revoke")
    assert held.revoked_by_id == administrator.user_id
    assert "revoked" in administrator.get(f"/admin/users/{user.id}").text


def test_an_administrator_cannot_give_themselves_a_role(administrator, database):
    answer = administrator.post(f"/admin/users/{administrator.user_id}/grants", data={"role": "organiser"})
    assert answer.status_code == 400
    held = database.scalars(sa.select(Grant.role).where(Grant.user_id == administrator.user_id)).all()
    assert held == [Role.ADMINISTRATOR]


def test_the_last_administrator_is_told_why_not(administrator, database):
    held = database.scalars(sa.select(Grant).where(Grant.user_id == administrator.user_id)).one()
    address = f"/admin/users/{administrator.user_id}/grants/{held.id}/revoke"
    page = administrator.post(address, follow_redirects=True)
    assert "This is the last administrator." in page.text
    assert held.revoked_at is None


def test_a_role_of_another_user_is_not_revoked_through_this_one(administrator, database):
    user, other = make_user(database), make_user(database)
    held = make_grant(database, other, "expert")
    assert administrator.post(f"/admin/users/{user.id}/grants/{held.id}/revoke").status_code == 404
    assert held.revoked_at is None


def test_a_closed_account_is_signed_out_and_back_when_opened(administrator, as_role, database):
    client = as_role("expert")
    address = f"/admin/users/{client.user_id}"
    administrator.post(f"{address}/close", data={"reason": "left"})
    assert client.get("/account").location.startswith("/sign-in")
    assert "closed" in administrator.get(address).text
    administrator.post(f"{address}/open")
    assert database.get(User, client.user_id).active is True


def test_a_scoped_administrator_opens_no_user_of_others(as_role, database):
    office, beside = make_organisation(database, "Office"), make_organisation(database, "Beside")
    database.commit()
    scoped = as_role("administrator", organisation_id=office.id)
    mine = make_user(database, name="Mine Minerva")
    make_grant(database, mine, "expert", organisation_id=office.id)
    theirs = make_user(database, name="Theirs Theodora")
    make_grant(database, theirs, "expert", organisation_id=beside.id)
    page = scoped.get("/admin/users").text
    assert ("Mine Minerva" in page, "Theirs Theodora" in page) == (True, False)
    for method, tail in (
        ("GET", ""),
        ("POST", "/close"),
        ("POST", "/grants"),
        ("POST", "/reset-second-factor"),
        ("POST", "/invite"),
        ("POST", "/open"),
    ):
        assert_closed(scoped, method, f"/admin/users/{theirs.id}{tail}", "Theirs Theodora", theirs.email)
    assert_closed(scoped, "GET", "/admin/audit", "Theirs Theodora")
    assert database.get(User, theirs.id).active is True


def test_the_list_of_users_pages_and_keeps_its_search(administrator, database):
    for number in range(60):
        make_user(database, name=f"Zhou {number:02}")
    make_user(database, name="He Ji")
    page = administrator.get("/admin/users?q=zhou").text
    assert "60 users" in page
    assert "1–50 of 60" in page
    assert 'href="/admin/users?q=zhou&amp;page=2"' in page
    second = administrator.get("/admin/users?q=zhou&page=2").text
    assert ("Zhou 59" in second, "Zhou 49" in second, "He Ji" in second) == (True, False, False)
    assert "51–60 of 60" in administrator.get("/admin/users?q=zhou&page=99").text
    assert "1–50 of 60" in administrator.get("/admin/users?q=zhou&page=nonsense").text


def test_the_list_of_users_asks_the_same_number_of_queries_for_any_number(administrator, app, database):
    def count() -> int:
        asked = []
        with app.app_context():
            from expertpool.extensions import db

            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        administrator.get("/admin/users")
        return len(asked)

    few = count()
    for _number in range(40):
        make_grant(database, make_user(database), "expert")
    assert count() - few <= few


def test_the_trail_names_what_happened_and_filters(administrator, database):
    user = make_user(database, name="何霁")
    administrator.post(f"/admin/users/{user.id}/grants", data={"role": "expert"})
    page = administrator.get(f"/admin/audit?subject_kind=user&subject_id={user.id}").text
    assert "Got the role expert" in page
    assert "An account was made for 何霁" in page
    assert "Got the role expert" not in administrator.get("/admin/audit?event=user.user-created").text
    assert "No entry fits" in administrator.get("/admin/audit?since=2999-01-01").text


@pytest.mark.parametrize(
    "query", ["since=nonsense", "subject_id=x", "event=x", "before=x", "until=9999-12-31"]
)
def test_odd_conditions_of_the_trail_are_no_error(administrator, query):
    assert administrator.get(f"/admin/audit?{query}").status_code in (200, 400)
