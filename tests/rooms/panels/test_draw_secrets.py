"""Secrets of organiser and supervisor: sealed by both, opened by both, or withheld in the open."""

import json
import re
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import config
from expertpool import wiring
from expertpool.audit.models import AuditEntry
from expertpool.draws import canonical, parties, record
from expertpool.draws.record import Report
from expertpool.errors import ExpertPoolError, Forbidden, Invalid
from expertpool.panels import choices, draw_fixing, draw_kept, draw_queries, draw_secrets, drawing
from expertpool.panels.draw_models import Draw, DrawState, Party, Secret
from expertpool.panels.models import Choice
from expertpool.settings import crypto, resealing
from tests.builders.lots import DICE, HOUR, MINE, THEIRS, open_wish, seal_both
from tests.builders.panels import ACTOR, Scene, make_actor
from tests.conftest import DATA_KEY, NOW

DOCS = Path(__file__).parents[3] / "docs" / "draws.md"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def scene(session):
    wiring.connect()
    return Scene(session)


@pytest.fixture
def sides(session):
    return {Party.ORGANISER: make_actor(session), Party.SUPERVISOR: make_actor(session, "监督员魏")}


@pytest.fixture
def prepared(session, scene, sides):
    """Three seats; secrets are opened within the hour, dice decide an hour later."""
    return draw_fixing.commit(
        session, scene.panel(seats=3), open_wish(), actor=sides[Party.ORGANISER], now=NOW
    )


def opened(session, draw, party, sides, *, now=NOW + MINUTE, given=None):
    return draw_secrets.open_secret(session, draw, party, given, actor=sides[party], now=now)


def drawn(session, draw, sides):
    late = NOW + 2 * HOUR
    drawing.witness(session, draw, actor=sides[Party.SUPERVISOR], now=late)
    drawing.draw(session, draw, [DICE], actor=sides[Party.ORGANISER], now=late)
    return json.loads(draw.record)


def trail(session, panel_id):
    query = sa.select(AuditEntry).where(AuditEntry.event.like("panel.draw-%"))
    return session.scalars(query.where(AuditEntry.subject_id == panel_id).order_by(AuditEntry.id)).all()


def test_the_list_is_fixed_first_and_the_draw_with_the_second_seal(session, prepared, sides):
    before = json.loads(prepared.announcement)
    hash_before = prepared.commitment
    assert hash_before == canonical.sha256(before)
    assert prepared.awaits_secrets
    seal_both(session, prepared, sides)
    after = json.loads(prepared.announcement)
    seals = [parties.seal(each.salt, each.value) for each in (MINE, THEIRS)]
    assert [each["seal"] for each in after["sources"]] == [*seals, ""]
    assert after["pool"] == before["pool"]
    for each in after["sources"]:
        each["seal"] = ""
    assert canonical.sha256(after) == hash_before
    assert not prepared.awaits_secrets
    assert [each.event for each in trail(session, prepared.panel_id)] == [
        "panel.draw-prepared",
        "panel.draw-secret-sealed",
        "panel.draw-secret-sealed",
        "panel.draw-committed",
    ]


def test_both_open_and_a_stranger_repeats_the_draw_with_the_script(session, prepared, sides, tmp_path):
    seal_both(session, prepared, sides)
    for party in Party:
        opened(session, prepared, party, sides)
    made = drawn(session, prepared, sides)
    assert made["withheld"] == []
    assert made["key"] == f"{MINE.value}{MINE.salt.upper()}./{THEIRS.value}{THEIRS.salt.upper()}./1.2.2.5.6./"
    assert record.verify(made, commitment=prepared.commitment) == []
    assert stranger(tmp_path, prepared).stdout.split() == [seat["name"] for seat in made["picked"]]


def test_who_withholds_is_named_and_the_seal_stands_in(session, prepared, sides, tmp_path):
    seal_both(session, prepared, sides)
    opened(session, prepared, Party.ORGANISER, sides)
    made = drawn(session, prepared, sides)
    theirs = parties.seal(THEIRS.salt, THEIRS.value)
    assert made["withheld"] == ["监督员 supervisor"]
    assert made["key"] == f"{MINE.value}{MINE.salt.upper()}./{theirs.upper()}./1.2.2.5.6./"
    assert THEIRS.value not in prepared.record
    assert record.verify(made) == []
    told = [each for each in trail(session, prepared.panel_id) if each.event.endswith("withheld")]
    assert [(each.facts["party"], each.personal["person_name"]) for each in told] == [
        ("supervisor", "监督员魏")
    ]
    assert "监督员 supervisor" in stranger(tmp_path, prepared).stderr


def stranger(folder, draw):
    """Run the script of the documentation on a record."""
    script = re.search(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)[1]
    (folder / "script.py").write_text(script, encoding="utf-8")
    (folder / "record.json").write_text(draw.record, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-X", "utf8", "script.py", "record.json"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )


def test_who_keeps_the_secret_hands_in_the_seal_and_types_it_to_open(session, prepared, sides):
    seal = parties.seal(THEIRS.salt, THEIRS.value)
    seal_both(session, prepared, sides, theirs=seal)
    kept = prepared.secret_of(Party.SUPERVISOR)
    assert kept.secret_sealed is None
    for wrong in (None, Report("FROG", THEIRS.salt), Report(THEIRS.value, "f" * 32)):
        with pytest.raises(Invalid) as refused:
            opened(session, prepared, Party.SUPERVISOR, sides, given=wrong)
        assert refused.value.field == "secret"
    opened(session, prepared, Party.SUPERVISOR, sides, given=THEIRS)
    assert drawn(session, prepared, sides)["withheld"] == ["组织者 organiser"]


def test_what_is_kept_stands_nowhere_in_the_open(session, prepared, sides):
    seal_both(session, prepared, sides)
    rows = session.execute(sa.text("SELECT * FROM panel_draw_secrets")).all()
    told = f"{rows} {prepared.announcement} {[each.facts for each in trail(session, prepared.panel_id)]}"
    assert [word for each in (MINE, THEIRS) for word in (each.value, each.salt) if word in told] == []


def test_a_new_data_key_takes_over_all_secrets(session, scene, sides, monkeypatch):
    monkeypatch.setattr(crypto, "_current", crypto.Keyring([DATA_KEY]))
    panel = scene.panel(seats=3)
    panel.sealed_until = NOW + 9 * HOUR
    made = draw_fixing.commit(session, panel, open_wish(), actor=sides[Party.ORGANISER], now=NOW)
    seal_both(session, made, sides)
    own, new = draw_kept.told(made.secret_sealed), config.new_data_key()
    monkeypatch.setattr(crypto, "_current", crypto.Keyring([new, DATA_KEY]))
    assert [resealing.step(session, place, 0).changed for place in draw_kept.PLACES] == [1, 2]
    session.expire_all()
    monkeypatch.setattr(crypto, "_current", crypto.Keyring([new]))
    kept = [made.secret_sealed, *(each.secret_sealed for each in made.secrets)]
    assert [draw_kept.told(each) for each in kept] == [own, MINE, THEIRS]


def test_nobody_sees_an_opened_secret_before_both_are_open_or_the_time_is_over(session, prepared, sides):
    seal_both(session, prepared, sides)
    opened(session, prepared, Party.ORGANISER, sides)
    assert draw_secrets.shown(prepared, Party.ORGANISER, NOW + MINUTE) is None
    assert draw_secrets.shown(prepared, Party.ORGANISER, NOW + HOUR) == MINE
    assert draw_secrets.shown(prepared, Party.SUPERVISOR, NOW + HOUR) is None
    opened(session, prepared, Party.SUPERVISOR, sides)
    assert draw_secrets.shown(prepared, Party.ORGANISER, NOW + MINUTE) == MINE


def test_a_seal_is_given_once_by_two_people_in_time(session, prepared, sides):
    organiser, supervisor = sides.values()
    seal = draw_secrets.seal

    def refused(kind, words, party, given, actor, now=NOW):
        with pytest.raises(kind, match=words):
            seal(session, prepared, party, given, actor=actor, now=now)

    refused(Forbidden, "can't supervise", Party.SUPERVISOR, THEIRS, organiser)
    refused(Invalid, "64 hexadecimal", Party.SUPERVISOR, "abc", supervisor)
    refused(Invalid, "32 hexadecimal", Party.SUPERVISOR, Report("FROG", "xyz"), supervisor)
    refused(Invalid, "letters A to Z", Party.SUPERVISOR, Report("青蛙", THEIRS.salt), supervisor)
    refused(Invalid, "with later times", Party.SUPERVISOR, THEIRS, supervisor, NOW + HOUR)
    seal(session, prepared, Party.SUPERVISOR, THEIRS, actor=supervisor, now=NOW)
    refused(Forbidden, "two people", Party.ORGANISER, MINE, supervisor)
    refused(Invalid, "same seal", Party.ORGANISER, THEIRS, organiser)
    refused(Invalid, "already", Party.SUPERVISOR, MINE, make_actor(session, "另一监督员"))
    with pytest.raises(Invalid, match="Both sides"):
        opened(session, prepared, Party.SUPERVISOR, sides)
    with pytest.raises(Invalid, match="Both sides"):
        drawing.witness(session, prepared, actor=supervisor, now=NOW + 2 * HOUR)


def test_a_secret_is_opened_once_in_time_by_who_sealed_it(session, prepared, sides):
    seal_both(session, prepared, sides)
    with pytest.raises(Forbidden, match="nobody else"):
        opened(session, prepared, Party.SUPERVISOR, {Party.SUPERVISOR: make_actor(session, "另一监督员")})
    with pytest.raises(Invalid, match="is over"):
        opened(session, prepared, Party.SUPERVISOR, sides, now=NOW + HOUR)
    opened(session, prepared, Party.SUPERVISOR, sides, now=NOW + HOUR - MINUTE)
    with pytest.raises(Invalid, match="open already"):
        opened(session, prepared, Party.SUPERVISOR, sides)


def test_no_source_may_close_the_draw_before_the_secrets_are_open(session, scene, sides):
    for at, open_by in ((NOW + HOUR, NOW + HOUR), (NOW + HOUR, NOW + 2 * HOUR), (NOW + HOUR, NOW)):
        with pytest.raises(Invalid) as refused:
            draw_fixing.commit(
                session,
                scene.panel(seats=3),
                open_wish(at=at, open_by=open_by),
                actor=sides[Party.ORGANISER],
                now=NOW,
            )
        assert refused.value.field == "open_by"


def test_a_change_of_the_panel_voids_a_draw_that_waits_for_secrets_and_tells_who_withheld(
    session, scene, prepared, sides
):
    seal_both(session, prepared, sides)
    opened(session, prepared, Party.SUPERVISOR, sides)
    later = NOW + HOUR + MINUTE
    choices.choose(session, prepared.panel, scene.people[0], Choice.EXCLUDE, actor=ACTOR, now=later)
    assert prepared.state is DrawState.VOID
    told = [each.facts["party"] for each in trail(session, prepared.panel_id) if "withheld" in each.event]
    assert told == ["organiser"]


@pytest.mark.parametrize("verb", ["seal", "open"])
def test_two_who_press_at_once_leave_one_whole_draw(empty_engine, verb):
    wiring.connect()
    with Session(empty_engine, expire_on_commit=False) as session:
        scene = Scene(session)
        sides = {Party.ORGANISER: make_actor(session), Party.SUPERVISOR: make_actor(session, "监督员")}
        made = draw_fixing.commit(
            session, scene.panel(seats=3), open_wish(), actor=sides[Party.ORGANISER], now=NOW
        )
        if verb == "open":
            seal_both(session, made, sides)
        session.commit()
    given = {Party.ORGANISER: MINE, Party.SUPERVISOR: THEIRS}
    barrier, told = threading.Barrier(4), []

    def press(party):
        with Session(empty_engine) as session:
            barrier.wait()
            try:
                draw, facts = session.get_one(Draw, made.id), {"actor": sides[party], "now": NOW}
                if verb == "seal":
                    draw_secrets.seal(session, draw, party, given[party], **facts)
                else:
                    draw_secrets.open_secret(session, draw, party, None, **facts)
                session.commit()
            except ExpertPoolError as error:
                told.append(error.sentence.message)

    threads = [threading.Thread(target=press, args=(each,)) for each in [*Party, *Party]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    already = "sealed its secret already" if verb == "seal" else "open already"
    assert [already in each for each in told] == [True, True]
    with Session(empty_engine) as session:
        draw = session.get_one(Draw, made.id)
        announced = draw_queries.announcement_of(draw)
        assert [each.seal for each in announced.sources[:2]] == [each.seal for each in draw.secrets]
        assert session.scalar(sa.select(sa.func.count(Secret.id))) == 2
        fixed = sa.select(sa.func.count()).where(AuditEntry.event == "panel.draw-committed")
        assert session.scalar(fixed) == 1
        assert [each.opened_at is not None for each in draw.secrets] == [verb == "open"] * 2
