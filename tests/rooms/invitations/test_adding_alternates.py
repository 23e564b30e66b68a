"""A vacant seat whose alternates are used up: somebody else of the pool stands by, checked like these."""

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.availability import service as availability
from expertpool.errors import Invalid
from expertpool.invitations import answering, calls, vacancies
from expertpool.invitations.models import Channel, DeclineReason, OnVacancy, Outcome
from expertpool.panels import adding, presets_service, seating
from expertpool.panels.models import SeatRole, SeatState
from expertpool.people.models import EmailAddress, Status
from tests.builders.invitations import LATER, by_mail


@pytest.fixture
def made(invited):
    """A panel of the first five, with a vacant second chair and one alternate."""
    made = invited(alternates=1, on_vacancy=OnVacancy.OFFER)
    leaving = made.invite()[1]
    answering.decline(
        made.session,
        leaving,
        DeclineReason.BUSY_THEN,
        None,
        by=Channel.MAIL,
        actor=by_mail(leaving),
        now=LATER,
    )
    made.vacant = leaving.seat
    return made


def outside(made):
    """Those of the pool who have no seat, with a mail address each."""
    seated = {seat.person_id for seat in made.panel.seats}
    found = [each for each in made.scene.people if each.id not in seated]
    for each in found:
        each.addresses = [EmailAddress(address=f"{each.number.lower()}@mail.example", position=0)]
    made.session.flush()
    return found


def add(made, person):
    return adding.add_alternate(made.session, made.panel, made.vacant, person, actor=made.actor, now=LATER)


def test_who_is_added_comes_last_and_is_invited_like_an_alternate(session, made):
    person = outside(made)[0]
    seat = add(made, person)
    assert (seat.role, seat.state, seat.position) == (SeatRole.ALTERNATE, SeatState.PROPOSED, 7)
    assert seating.alternates(made.panel) == [made.alternates[0], seat]
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "panel.alternate-added")).one()
    assert entry.facts == {
        "seat_id": seat.id,
        "person_id": person.id,
        "position": 7,
        "vacant_seat_id": made.vacant.id,
    }
    assert vacancies.next_for(session, made.panel, made.vacant, now=LATER).seat is made.alternates[0]
    made.alternates[0].person.status = Status.RESTING
    session.flush()
    sent = vacancies.invite_next(session, made.panel, made.vacant, actor=made.actor, now=LATER)
    assert (sent.seat, sent.seat.replaces_id, sent.seat.state) == (seat, made.vacant.id, SeatState.INVITED)
    assert seating.is_booked(session, seat)


def test_the_best_of_the_pool_are_those_who_fit_now_and_were_not_asked(session, made):
    fit = outside(made)
    busy = fit.pop()
    availability.book(session, {busy.id: 999}, made.panel.starts, made.panel.ends, source_kind="lesson")
    resting = fit.pop()
    resting.status = Status.RESTING
    session.flush()
    best = adding.best_for(session, made.panel, made.vacant, now=LATER)
    one_by_one = adding.look_at(session, made.panel, made.vacant, fit, now=LATER)
    assert sorted(best) == sorted(each.person.id for each in one_by_one if not each.rules)
    assert best
    looked = adding.look_at(session, made.panel, made.vacant, [busy, resting], now=LATER)
    assert [[broken.rule for broken in each.rules] for each in looked] == [["availability"], ["gone"]]


def test_who_does_not_fit_or_was_in_the_panel_is_refused_at_the_field(session, made):
    employer_of_member = outside(made)[0]
    made.hire(made.members[0], employer_of_member.employments[0].organisation)
    session.expire_all()
    for person, told in (
        (employer_of_member, "does not fit"),
        (made.vacant.person, "is or was in this panel already"),
        (made.members[0].person, "is or was in this panel already"),
    ):
        with pytest.raises(Invalid, match=told) as refused:
            add(made, person)
        assert refused.value.field == "person"
    assert len(made.alternates) == 1


def test_nobody_is_added_when_nothing_is_vacant_or_the_meeting_has_begun(session, made):
    first, second = outside(made)[:2]
    vacancies.invite_next(session, made.panel, made.vacant, actor=made.actor, now=LATER)
    with pytest.raises(Invalid, match="not vacant any more"):
        add(made, first)
    leaving = made.members[2]
    seating.leave(session, leaving, SeatState.WITHDRAWN)
    with pytest.raises(Invalid, match="has begun"):
        adding.add_alternate(session, made.panel, leaving, second, actor=made.actor, now=made.panel.starts)


def test_a_panel_whose_rules_want_a_draw_takes_nobody_by_hand(session, made, monkeypatch):
    required = presets_service.current(session, "bid-evaluation")
    made.panel.preset = required
    session.flush()
    with pytest.raises(Invalid, match="drawn by lot"):
        add(made, outside(made)[0])


def test_on_the_phone_the_added_one_waits_for_the_turn(session, made):
    seat = add(made, outside(made)[0])
    calling = {"actor": made.actor, "now": LATER}
    with pytest.raises(Invalid, match="comes first and was not called yet"):
        calls.record(session, seat, Outcome.ACCEPTED, **calling)
    calls.record(session, made.alternates[0], Outcome.DECLINED, reason=DeclineReason.OTHER, **calling)
    assert calls.next_to_call(session, made.panel, made.vacant, now=LATER) is seat
    calls.record(session, seat, Outcome.ACCEPTED, **calling)
    assert (seat.state, seat.replaces_id) == (SeatState.ACCEPTED, made.vacant.id)
