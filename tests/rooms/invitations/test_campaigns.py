from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from expertpool.audit.models import AuditEntry
from expertpool.errors import Invalid
from expertpool.invitations import answering, calls, campaigns, links, queries, suggestions
from expertpool.invitations.declaring import NOTHING
from expertpool.invitations.models import Campaign, Channel, InvitationState, Outcome, Suggestion
from expertpool.panels.models import PanelItem, PanelState
from tests.builders.invitations import DECIDED, LATER, by_mail
from tests.builders.panels import make_item
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text_zh": "  "}, "text_zh"),
        ({"text_en": ""}, "text_en"),
        ({"text_zh": "长" * 5001}, "text_zh"),
        ({"contact": ""}, "contact"),
        ({"fee": "长" * 121}, "fee"),
        ({"answer_hours": 0}, "answer_hours"),
        ({"answer_hours": 2161}, "answer_hours"),
        ({"reminder_hours": [24, 0]}, "reminder_hours"),
    ],
    ids=str,
)
def test_what_is_decided_is_checked_field_by_field(session, invited, wrong, field):
    made = invited()
    with pytest.raises(Invalid) as error:
        campaigns.change(session, made.campaign, **(DECIDED | wrong), actor=made.actor, now=NOW)
    assert error.value.field == field


def test_a_panel_has_one_campaign_once_it_is_confirmed(session, invited, scene):
    made = invited()
    with pytest.raises(Invalid, match="prepared already"):
        campaigns.prepare(session, panel=made.panel, **DECIDED, actor=made.actor, now=NOW)
    with pytest.raises(Invalid, match="once the panel is confirmed"):
        campaigns.prepare(session, panel=scene.panel(), **DECIDED, actor=made.actor, now=NOW)
    assert campaigns.of_panel(session, made.panel.id) is made.campaign


def test_a_change_is_recorded_with_both_values_and_no_change_is_not(session, invited):
    made = invited()
    assert not campaigns.change(session, made.campaign, **DECIDED, actor=made.actor, now=NOW)
    assert campaigns.change(
        session, made.campaign, **(DECIDED | {"fee": " 1000 元 "}), actor=made.actor, now=NOW
    )
    entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert entry.facts["changes"] == {"fee": ["800 元", "1000 元"]}


def test_a_draft_names_office_panel_and_up_to_three_items_in_both_languages(session, invited, scene):
    made = invited()
    office, title = scene.office.name, made.panel.title
    assert campaigns.draft(session, panel=made.panel, locale="zh_Hans") == (
        f"{office}诚邀您作为评审专家参加“{title}”，评审《角接触球轴承》。敬请核对时间和地点，"
        "并在截止时间前答复。如与申报单位、项目负责人或参与人存在利益关系，请如实申报。"
    )
    made.panel.items += [PanelItem(item=make_item(session, name)) for name in ("甲", "乙", "丙")]
    session.flush()
    assert campaigns.draft(session, panel=made.panel, locale="en").startswith(
        f"{office} invites you to sit as an expert on the panel “{title}”, which reviews 4 items, "
        "among them “角接触球轴承”, “甲”, “乙”. Please"
    )
    made.panel.items.clear()
    session.flush()
    assert campaigns.draft(session, panel=made.panel, locale="zh_Hans") == (
        f"{office}诚邀您作为专家参加“{title}”。敬请核对时间和地点，并在截止时间前答复。"
    )


def test_nobody_is_invited_to_a_panel_that_is_over_or_has_begun(session, invited):
    made = invited()
    with pytest.raises(Invalid, match="has begun already"):
        made.invite(now=made.panel.starts)
    made.panel.state = PanelState.CANCELLED
    session.flush()
    with pytest.raises(Invalid, match="over or cancelled"):
        made.invite()


def colleague(**values):
    return {
        "person_name": " 秦 望舒 ",
        "organisation": "望舒实验室",
        "contact": "qin@mail.example",
        "note": "",
    } | values


def test_a_suggested_colleague_is_kept_encrypted_until_somebody_deals_with_it(session, invited):
    made = invited()
    invitation = made.invite()[0]
    actor = by_mail(invitation)
    kept = suggestions.suggest(session, invitation, **colleague(), actor=actor, now=LATER)
    stored = session.scalar(sa.select(Suggestion.sealed))
    assert "望舒" not in stored
    assert "qin" not in stored
    assert suggestions.colleague_of(kept) == suggestions.Colleague(
        "秦 望舒", "望舒实验室", "qin@mail.example", ""
    )
    assert suggestions.open_of(session, made.campaign) == [kept]
    for _ in range(2):
        suggestions.settle(session, kept, actor=made.actor, now=LATER)
    assert suggestions.open_of(session, made.campaign) == []
    trail = session.scalars(
        sa.select(AuditEntry).where(AuditEntry.event.contains("sugges")).order_by(AuditEntry.id)
    ).all()
    assert [each.event for each in trail] == [
        "invitation.colleague-suggested",
        "invitation.suggestion-settled",
    ]
    assert not any("望舒" in str(each.facts) + str(each.personal) for each in trail)


def test_a_suggestion_needs_a_name_and_there_are_at_most_five(session, invited):
    made = invited()
    invitation = made.invite()[0]

    def suggest(now=LATER, **values):
        actor = by_mail(invitation)
        suggestions.suggest(session, invitation, **colleague(**values), actor=actor, now=now)

    for wrong, field in (({"person_name": " "}, "person_name"), ({"note": "长" * 501}, "note")):
        with pytest.raises(Invalid) as error:
            suggest(**wrong)
        assert error.value.field == field
    with pytest.raises(Invalid, match="looks for nobody"):
        suggest(now=made.panel.starts)
    for _ in range(5):
        suggest()
    with pytest.raises(Invalid, match="5 colleagues"):
        suggest()


def test_a_link_finds_its_invitation_whatever_became_of_it(session, invited):
    made = invited()
    first, second = made.invite()[:2]
    tokens = [links.mint(session, each, now=NOW) for each in (first, first, second)]
    answering.expire(session, first, now=first.expires_at)
    assert [links.find(session, token) for token in tokens] == [first, first, second]
    assert links.find(session, "") is None


def test_a_persons_list_names_what_they_were_asked_for(session, invited, scene):
    made, other = invited(), invited(slot=1)
    mine = made.invite()[0]
    again = other.invite()[0]
    assert mine.person_id == again.person_id
    rows = queries.of_person(session, mine.person_id)
    assert [(row.id, row.title, row.office, row.starts, row.state) for row in rows] == [
        (again.id, other.panel.title, scene.office.name, other.panel.starts, InvitationState.SENT),
        (mine.id, made.panel.title, scene.office.name, made.panel.starts, InvitationState.SENT),
    ]
    assert queries.of_person(session, made.members[1].person_id)[-1].id != mine.id


@pytest.fixture
def statements(engine):
    """Count what is sent to the database."""
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_the_organisers_rows_show_every_seat_and_call_in_three_reads(session, invited, statements):
    made = invited(alternates=3)
    sent = made.invite()
    answering.accept(session, sent[1], NOTHING, by=Channel.MAIL, actor=by_mail(sent[1]), now=LATER)
    calls.record(session, made.alternates[0], Outcome.NO_ANSWER, actor=made.actor, now=LATER)
    session.flush()
    session.expire_all()
    panel = made.panel
    assert panel.id
    statements.clear()
    rows = queries.of_panel(session, panel)
    assert len(statements) == 3
    assert [row.person.id for row in rows] == [row.seat.person_id for row in rows]
    assert [row.invitation.state if row.invitation else None for row in rows] == [
        InvitationState.SENT,
        InvitationState.ACCEPTED,
        *[InvitationState.SENT] * 3,
        *[None] * 3,
    ]
    assert [len(row.calls) for row in rows] == [0] * 5 + [1, 0, 0]


def test_moving_a_panel_forward_lets_no_invitation_wait_beyond_it(session, invited):
    from expertpool.panels import moving

    made = invited(answer_hours=2160, reminder_hours=[24])
    invitation = made.invite()[0]
    starts = made.panel.starts - timedelta(days=2)
    moving.move(
        session,
        made.panel,
        starts,
        starts + timedelta(hours=3),
        place=None,
        room=None,
        actor=made.actor,
        now=LATER,
    )
    assert (invitation.expires_at, invitation.remind_at) == (starts, starts - timedelta(days=1))


def test_a_cohort_and_a_panel_at_once_are_no_purpose(session, invited):
    made = invited()
    with pytest.raises(ValueError, match="one panel or one cohort"):
        campaigns.prepare(session, **DECIDED, actor=made.actor, now=NOW)
    assert session.scalar(sa.select(sa.func.count(Campaign.id))) == 1
