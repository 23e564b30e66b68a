"""Mail scanners fetch every link: nothing in the whole database changes by that."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from expertpool.database import Base
from expertpool.invitations import answering, inviting
from expertpool.invitations.declaring import NOTHING
from expertpool.invitations.models import Channel
from expertpool.outbox.models import Message
from expertpool.outbox.service import snapshot_of
from tests.conftest import NOW


def whole(database) -> dict[str, list[tuple]]:
    """Return every row of every table."""
    database.expire_all()
    return {
        table.name: sorted(map(repr, database.execute(sa.select(table))))
        for table in Base.metadata.sorted_tables
    }


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_following_all_mailed_links_changes_nothing(app, database, invited, method):
    first, second, *_rest = invited.invite()
    inviting.remind(database, second, now=second.remind_at)
    answering.accept(database, first, NOTHING, by=Channel.MAIL, actor=invited.actor, now=NOW)
    database.commit()
    mails = [snapshot_of(mail) for mail in database.scalars(sa.select(Message).order_by(Message.id))]
    paths = [mail["path"] for mail in mails if mail.get("path", "").startswith("/i/")]
    assert len(paths) == 7
    before = whole(database)
    scanner = app.test_client()
    for path in paths:
        answer = scanner.open(path, method=method, follow_redirects=True)
        assert answer.status_code == 200
        scanner.open("/invitation/calendar.ics", method=method)
    assert whole(database) == before


def test_a_link_answers_by_its_form_alone(client, database, invited):
    sent = invited.invite()[0]
    client.get(invited.link(sent))
    for address in (
        "/invitation?do=accept&employed=no&related=no&other=no",
        "/invitation?do=decline&reason=other",
    ):
        client.get(address)
    database.refresh(sent)
    assert sent.answered_at is None


def test_answers_need_the_token_of_the_form(app, client, invited, monkeypatch):
    sent = invited.invite()[0]
    client.get(invited.link(sent))
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    form = {"do": "accept", "employed": "no", "related": "no", "other": "no"}
    assert client.post("/invitation", data=form).status_code == 400
    invited.session.refresh(sent)
    assert sent.answered_at is None
