"""Rotating the data keys: afterwards the newest alone reads everything, whatever was interrupted."""

from __future__ import annotations

import dataclasses
import json
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from passlib.totp import TOTP, AppWallet

import config
from expertpool.accounts.models import User
from expertpool.accounts.sealed import tagged
from expertpool.audit.models import AuditEntry
from expertpool.cli import Context
from expertpool.cli.keys import places
from expertpool.exchange.models import Kind, WaitingRow
from expertpool.outbox.models import Message
from expertpool.outbox.service import enqueue, snapshot_of
from expertpool.people import contacts, merging, phones
from expertpool.people.models import Person
from expertpool.settings import crypto, own_ddl, resealing
from tests.builders.access import CLI, make_user
from tests.builders.people import make_person
from tests.conftest import DATA_KEY, NOW

NEW = config.new_data_key()
OPEN = {"panels.sealed_until", "panel_openings.sealed_until", "panel_draw_secrets.sealed_at"}
"""Named alike, but moments: until when a roster is secret, when a party sealed its secret."""
NUMBERS = [f"1380000{number:04}" for number in range(7)]


@pytest.fixture
def with_keys(settings):
    """Settings of the same database with other data keys: `with_keys(NEW, DATA_KEY)`."""
    return lambda *keys: dataclasses.replace(settings, data_keys=keys)


@contextmanager
def opened(settings):
    crypto.use(settings.data_keys)
    with Context(settings).session() as session:
        yield session


def fill(settings) -> None:
    with opened(settings) as session:
        people = [make_person(session, name=f"郭宾{number}") for number in NUMBERS]
        for person, number in zip(people, NUMBERS, strict=True):
            contacts.set_phone(session, person, number, actor=CLI, now=NOW)
        merging.merge(session, people[0], people[1], take=("phone_sealed",), actor=CLI, now=NOW)
        enqueue(
            session, kind="a/b", to="a@example.org", locale="en", snapshot={"say": "this"},
            dedupe_key="one", now=NOW,
        )  # fmt: skip
        user = make_user(session, email="zhou@example.org")
        wallet = AppWallet(tagged(settings.data_keys))
        user.tf_totp_secret = TOTP.using(wallet=wallet)(key="GEZDGNBVGY3TQOJQ").to_json(encrypt=True)
        content = json.dumps({"values": {"name": "郭宾"}, "extra": {}})
        session.add(
            WaitingRow(
                kind=Kind.HISTORY,
                fingerprint=crypto.keyring().blind_index(f"{Kind.HISTORY.value} {content}"),
                sealed=crypto.keyring().seal(content),
                created_at=NOW,
            )
        )


def check(settings) -> None:
    """Read every kind of value with the data keys of `settings`."""
    with opened(settings) as session:
        people = session.scalars(sa.select(Person).order_by(Person.id)).all()
        kept = [NUMBERS[1], *NUMBERS[1:]]
        assert [contacts.phone_of(person) for person in people] == kept
        found = [
            person.phone_index in phones.blind_indexes(number)
            for person, number in zip(people, kept, strict=True)
        ]
        assert found == [True] * len(kept)
        message = session.scalars(sa.select(Message).where(Message.dedupe_key == "one")).one()
        assert snapshot_of(message) == {"say": "this"}
        user = session.scalars(sa.select(User).where(User.email == "zhou@example.org")).one()
        app = TOTP.using(wallet=AppWallet(tagged(settings.data_keys))).from_source(user.tf_totp_secret)
        assert app.base32_key == "GEZDGNBVGY3TQOJQ"
        waiting = session.scalars(sa.select(WaitingRow)).one()
        content = crypto.keyring().unseal(waiting.sealed)
        assert waiting.fingerprint in crypto.keyring().blind_indexes(f"{Kind.HISTORY.value} {content}")


def test_afterwards_the_new_key_alone_reads_everything(with_keys, run, monkeypatch):
    fill(with_keys(DATA_KEY))
    monkeypatch.setattr(resealing, "BATCH", 3)
    result = run(with_keys(NEW, DATA_KEY), "keys", "rotate")
    assert result.exit_code == 0, result.output
    assert "people.phone_sealed: 7 values encrypted anew." in result.stderr
    check(with_keys(NEW))
    with opened(with_keys(NEW)) as session:
        merged = session.scalars(sa.select(Person).where(Person.merged_into_id.is_not(None))).one()
        merging.undo(session, merged, actor=CLI, now=NOW)
        first = session.scalars(sa.select(Person).order_by(Person.id)).first()
        assert (contacts.phone_of(first), first.phone_index) == (NUMBERS[0], phones.blind_index(NUMBERS[0]))
        entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "key.keys-rotated")).one()
        assert entry.facts["fingerprint"] == crypto.keyring().fingerprints[0]
        assert entry.facts["counts"]["people.phone_sealed"] == 7


def test_an_interrupted_rotation_goes_on(with_keys, run, monkeypatch):
    fill(with_keys(DATA_KEY))
    both = with_keys(NEW, DATA_KEY)
    monkeypatch.setattr(resealing, "BATCH", 3)
    (phones_of_people,) = [each for each in places(Context(both)) if str(each) == "people.phone_sealed"]
    with opened(both) as session:
        assert resealing.step(session, phones_of_people, 0).changed == 3
    check(both)
    assert "people.phone_sealed: 4 values" in run(both, "keys", "rotate").stderr
    check(with_keys(NEW))
    assert "people.phone_sealed: 0 values" in run(both, "keys", "rotate").stderr


@pytest.mark.sqlite_only
def test_a_backup_made_afterwards_needs_the_new_key_only(with_keys, run, tmp_path):
    fill(with_keys(DATA_KEY))
    run(with_keys(NEW, DATA_KEY), "keys", "rotate")
    file = str(tmp_path / "pool.zip")
    assert run(with_keys(NEW), "backup", file).exit_code == 0
    assert run(with_keys(NEW), "restore", file, "--replace").exit_code == 0
    check(with_keys(NEW))
    refused = run(with_keys(DATA_KEY), "restore", file, "--replace")
    assert "The backup needs the data keys" in refused.stderr


@pytest.mark.sqlite_only
def test_every_sealed_column_has_its_place(settings):
    named = {
        f"{table.name}.{column.name}"
        for table in own_ddl.import_models().tables.values()
        for column in table.columns
        if "sealed" in column.name or "secret" in column.name
    } - OPEN
    assert named == {str(each) for each in places(Context(settings))} - {"merged_rows.old_value"}


@pytest.mark.sqlite_only
def test_help_says_how_keys_rotate(settings, run):
    text = run(settings, "keys", "rotate", "--help").output
    assert "EXPERTPOOL_DATA_KEYS=" in text
    made = run(settings, "keys", "new").output.strip()
    assert crypto.Keyring([made]).unseal(crypto.Keyring([made]).seal("x")) == "x"
