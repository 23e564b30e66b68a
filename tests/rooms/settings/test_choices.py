import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.errors import Invalid, Stale
from expertpool.settings.choices import CHOICES, choose, value_of, values, versions


def test_a_choice_never_made_has_its_default(session):
    assert value_of(session, "invitations.days_to_answer") == 3
    assert values(session) == {key: definition.default for key, definition in CHOICES.items()}


def test_what_is_chosen_is_kept_and_audited_once(session, actor, now):
    choose(session, {"office.name": "标准院", "invitations.days_to_answer": 3}, actor=actor, now=now)
    choose(session, {"office.name": "标准院"}, actor=actor, now=now)
    assert value_of(session, "office.name") == "标准院"
    entries = session.scalars(sa.select(AuditEntry)).all()
    assert [entry.facts for entry in entries] == [
        {"key": "office.name", "before": "标准化专家库", "after": "标准院"}
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("invitations.days_to_answer", 0),
        ("invitations.days_to_answer", 61),
        ("invitations.days_to_answer", "3"),
        ("invitations.days_to_answer", True),
        ("office.name", ""),
        ("office.name", "x" * 81),
    ],
)
def test_what_may_not_be_chosen_is_refused_at_its_field(session, actor, now, key, value):
    with pytest.raises(Invalid) as error:
        choose(session, {"office.contact": "x", key: value}, actor=actor, now=now)
    assert error.value.field == key
    assert value_of(session, "office.contact") == ""


@pytest.mark.parametrize("value", [1, 60])
def test_the_bounds_themselves_may_be_chosen(session, actor, now, value):
    choose(session, {"invitations.days_to_answer": value}, actor=actor, now=now)
    assert value_of(session, "invitations.days_to_answer") == value


def test_a_choice_that_somebody_else_changed_meanwhile_is_stale(session, actor, now):
    read = versions(session)
    choose(session, {"office.name": "甲"}, read=read, actor=actor, now=now)
    with pytest.raises(Stale):
        choose(session, {"office.name": "乙"}, read=read, actor=actor, now=now)
    choose(session, {"office.name": "乙"}, read=versions(session), actor=actor, now=now)
    assert value_of(session, "office.name") == "乙"
