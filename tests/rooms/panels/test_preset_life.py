"""Presets through their life, on both databases."""

from __future__ import annotations

import pytest

from expertpool.errors import Invalid, NotFound, Stale
from expertpool.panels import presets_life, presets_queries, presets_service
from tests.builders.panels import make_actor, make_item
from tests.conftest import NOW

SLUG = "award"


@pytest.fixture
def act(session):
    presets_service.ensure_shipped(session, now=NOW)
    return {"actor": make_actor(session), "now": NOW}


def body(session, **changes):
    return {**presets_service.current(session, SLUG).body, **changes}


def test_a_change_needs_the_newest_version_read(session, act):
    years = {"years": 20, "citation": "c", "confidence": "S"}
    made = presets_life.change(session, body(session, retention=years), read=1, **act)
    assert made.number == 2
    with pytest.raises(Stale):
        presets_life.change(session, body(session), read=1, **act)
    assert [each.number for each in presets_queries.versions(session, SLUG)] == [2, 1]


def test_a_retired_preset_is_neither_changed_nor_chosen(session, act):
    presets_life.retire(session, SLUG, **act)
    with pytest.raises(Invalid):
        presets_life.change(session, body(session), read=1, **act)
    with pytest.raises(NotFound):
        presets_life.choose_default(session, "奖励", SLUG, **act)
    presets_life.bring_back(session, SLUG, **act)
    presets_life.choose_default(session, "奖励", SLUG, **act)
    with pytest.raises(Invalid):
        presets_life.retire(session, SLUG, **act)


def test_kinds_in_use_are_listed_with_their_preset(session, act):
    make_item(session, kind="Award")
    presets_life.choose_default(session, "award", SLUG, **act)
    found = {each.kind: (each.slug, each.is_chosen) for each in presets_queries.kind_defaults(session)}
    assert found["Award"] == (SLUG, True)
    assert found["企业标准"] == ("enterprise-standard-filing", False)


def test_a_kind_with_two_names_is_listed_under_those_that_the_office_uses(session, act):
    make_item(session, kind="Local standard")
    presets_life.choose_default(session, "science project", SLUG, **act)
    found = [each.kind for each in presets_queries.kind_defaults(session)]
    assert found == ["Local standard", "science project", "企业标准", "团体标准"]
