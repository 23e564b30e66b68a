"""Somebody who proved their address becomes a trainee: known by the address, or new as talent."""

import pytest
import sqlalchemy as sa

from expertpool.access import queries as access
from expertpool.access.models import Role
from expertpool.errors import Invalid
from expertpool.events import Actor
from expertpool.people.models import Grade, Person
from expertpool.training import joining
from tests.builders.access import make_user
from tests.builders.people import make_person


@pytest.fixture
def user(session):
    return make_user(session, email="he@example.org", name="何霁", confirmed=True)


@pytest.fixture
def register(session, user, now):
    def run(name="何霁", email="He@example.org "):
        return joining.register(session, name, email, user, actor=Actor(user.id, user.name), now=now)

    return run


def roles(session, user):
    return access.grants_of(session, user.id).roles


def test_a_stranger_becomes_a_talent_with_the_trainees_role(session, user, register):
    person = register()
    assert (person.name, person.grade, person.user_id) == ("何霁", Grade.TALENT, user.id)
    assert [each.address for each in person.addresses] == ["he@example.org"]
    assert roles(session, user) == {Role.TRAINEE}
    assert register() is person
    assert session.scalars(sa.select(Person.id)).all() == [person.id]


def test_who_is_known_by_the_address_keeps_their_record(session, user, register):
    expert = make_person(session, "何 霁", addresses=("other@example.org", "he@example.org"))
    assert register() is expert
    assert (expert.user_id, expert.grade) == (user.id, Grade.EXPERT)
    assert roles(session, user) == {Role.TRAINEE}


def test_an_address_of_another_name_or_account_is_refused(session, register):
    other = make_person(session, "苏砚", addresses=("he@example.org",))
    with pytest.raises(Invalid, match="under another name or account") as error:
        register()
    assert error.value.field == "email"
    other.name, other.name_key, other.user_id = "何霁", "何霁", make_user(session).id
    session.flush()
    with pytest.raises(Invalid, match="under another name or account"):
        register()


def test_only_the_users_own_confirmed_address_counts(session, user, register, now):
    with pytest.raises(Invalid, match="Confirm the address first"):
        register(email="somebody@example.org")
    user.confirmed_at = None
    with pytest.raises(Invalid, match="Confirm the address first"):
        register()
    assert session.scalars(sa.select(Person.id)).all() == []
    assert roles(session, user) == set()
