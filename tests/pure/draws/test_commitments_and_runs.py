"""Before the sources: commitments, sealed secrets, and runs after the first."""

import copy
import dataclasses
import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from expertpool.draws import announcing, canonical, chain, parties, record
from expertpool.draws.announcing import Commitment, Kind, Run, Source, commit, read
from expertpool.draws.plan import Candidate, Recusal, simple
from expertpool.draws.record import WITHHELD, Report, reveal
from expertpool.errors import Invalid
from tests.builders.draws import NOW, SALTS, make_announcement, people, sealed_announcement

SOURCES_AT = datetime(2026, 12, 1, 4, tzinfo=UTC)
REPORTS = (Report("9319"), Report("9 18 26 1 30 5"))


def test_a_commitment_is_the_hash_of_the_announcements_canonical_text():
    made = commit(make_announcement(), now=NOW)
    assert made.sha256 == hashlib.sha256(made.text.encode()).hexdigest()
    assert made.committed_at == "2026-11-22T01:00:00Z"
    assert read(made) == make_announcement()


@pytest.mark.parametrize(
    "overrides",
    [
        {"pool": people(8)[::-1]},
        {"pool": (*people(7), Candidate("甲8", {"employer": ("Q1",)}))},
        {"plan": simple(3, 2)},
        {"plan": dataclasses.replace(simple(3, 1), recusals=(Recusal("甲2", "亲属"),))},
        {"sources": make_announcement().sources[::-1]},
        {"subject": "别的评审组"},
    ],
)
def test_anything_else_has_another_commitment(overrides):
    assert (
        commit(make_announcement(**overrides), now=NOW).sha256 != commit(make_announcement(), now=NOW).sha256
    )


@pytest.mark.parametrize(
    ("now", "fits"),
    [
        (SOURCES_AT - timedelta(seconds=1), True),
        (SOURCES_AT, False),
        (SOURCES_AT + timedelta(microseconds=1), False),
        (SOURCES_AT + timedelta(days=1), False),
    ],
)
def test_every_source_must_be_in_the_future(now, fits):
    if fits:
        assert commit(make_announcement(), now=now).committed_at == "2026-12-01T03:59:59Z"
        return
    with pytest.raises(Invalid, match=r"“日开一码 .* must happen after"):
        commit(make_announcement(), now=now)


def test_a_source_without_a_time_can_not_be_committed():
    with pytest.raises(Invalid, match="“掷骰” must happen after"):
        commit(make_announcement(sources=(Source("掷骰"),)), now=NOW)


@pytest.mark.parametrize(
    "time", ["2026-12-01", "2026-12-01T04:00:00+08:00", "2026-13-01T04:00:00Z", "2026-12-1T04:00:00Z"]
)
def test_a_time_is_written_in_one_way(time):
    with pytest.raises(Invalid, match="is no time like"):
        commit(make_announcement(sources=(Source("掷骰", time),)), now=NOW)


def test_revealing_draws_what_was_committed():
    made = reveal(commit(make_announcement(), now=NOW), REPORTS, (Recusal("甲2", "亲属"),))
    assert made.data["commitment"] == commit(make_announcement(), now=NOW).sha256
    assert made.data["key"] == "9319./1.5.9.18.26.30./"
    assert (len(made.picked), len(made.alternates)) == (3, 1)
    assert record.verify(made.data) == []


def test_a_changed_announcement_is_not_revealed():
    made = commit(make_announcement(), now=NOW)
    other = commit(make_announcement(pool=people(9)), now=NOW)
    for forged in (
        Commitment(made.sha256, other.text, made.committed_at),
        Commitment(made.sha256, made.text + " ", made.committed_at),
    ):
        with pytest.raises(Invalid, match="not the one that was committed"):
            reveal(forged, REPORTS)


# Secrets


def test_a_seal_is_sha256_of_salt_and_secret():
    assert parties.seal("0" * 32, "ABC") == hashlib.sha256(b"0" * 32 + b"ABC").hexdigest()


@pytest.mark.parametrize(
    ("salt", "secret"),
    [("0" * 31, "A"), ("A" * 32, "A"), ("0" * 32, ""), ("0" * 32, "a"), ("0" * 32, "A" * 65)],
)
def test_salt_and_secret_have_one_form(salt, secret):
    with pytest.raises(Invalid):
        parties.seal(salt, secret)


def test_opened_secrets_and_the_closing_source_make_the_key():
    reports = (Report("FROG9", SALTS[0]), Report("POND77", SALTS[1]), Report("6 1 3"))
    made = reveal(commit(sealed_announcement(), now=NOW), reports)
    assert made.data["key"] == f"FROG9{SALTS[0].upper()}./POND77{'F' * 32}./1.3.6./"
    assert made.data["withheld"] == []
    assert record.verify(made.data) == []


def test_a_withheld_secret_names_its_party_and_its_seal_stands_in():
    announcement = sealed_announcement()
    made = reveal(commit(announcement, now=NOW), (Report("FROG9", SALTS[0]), WITHHELD, Report("6 1 3")))
    assert made.data["key"] == f"FROG9{SALTS[0].upper()}./{announcement.sources[1].seal.upper()}./1.3.6./"
    assert made.data["withheld"] == ["组织者"]
    assert record.verify(made.data) == []
    assert record.verify({**made.data, "withheld": []}) != []


def test_withholding_can_not_be_chosen_for_its_result():
    """Whether or not a party opens, the closing numbers, unknown by then, decide evenly."""
    committed = commit(sealed_announcement(plan=simple(1)), now=NOW)
    closing = [Report(f"{a} {b} {c}") for a in range(1, 7) for b in range(a, 7) for c in range(b, 7)]
    for last in (Report("POND77", SALTS[1]), WITHHELD):
        picked = [reveal(committed, (Report("FROG9", SALTS[0]), last, each)).picked[0] for each in closing]
        assert {name: picked.count(name) > 0 for name in picked} == {f"甲{i}": True for i in range(1, 9)}


@pytest.mark.parametrize(
    "report", [Report("FROG8", SALTS[0]), Report("FROG9", SALTS[1]), Report("FROG9"), Report("", SALTS[0])]
)
def test_a_secret_that_does_not_fit_its_seal_is_refused(report):
    with pytest.raises(Invalid):
        reveal(commit(sealed_announcement(), now=NOW), (report, WITHHELD, Report("6 1 3")))


def test_a_public_source_has_no_salt_and_can_not_be_withheld():
    committed = commit(sealed_announcement(), now=NOW)
    for closing in (Report("6 1 3", SALTS[0]), WITHHELD):
        with pytest.raises(Invalid):
            reveal(committed, (WITHHELD, WITHHELD, closing))


def _sources(*changes):
    made = list(sealed_announcement().sources)
    for index, change in changes:
        made[index] = dataclasses.replace(made[index], **change)
    return tuple(made)


@pytest.mark.parametrize(
    ("sources", "problem"),
    [
        ((), "There is no source."),
        (sealed_announcement().sources[:2], "a public source must close the draw"),
        (sealed_announcement().sources[::-1], "a public source must close the draw"),
        (_sources((2, {"at": "2026-12-01T03:00:00Z"})), "a public source must close the draw"),
        (_sources((0, {"at": None})), "a public source must close the draw"),
        (_sources((0, {"party": ""})), "needs its party and a seal"),
        (_sources((0, {"seal": "ab"})), "needs its party and a seal"),
        (_sources((1, {"party": "监督员"})), "its own seal"),
        (_sources((1, {"seal": sealed_announcement().sources[0].seal})), "its own seal"),
        (_sources((2, {"range": "many"})), "“many” is no range."),
    ],
)
def test_sources_that_would_not_make_a_fair_draw_are_refused(sources, problem):
    with pytest.raises(Invalid, match=problem):
        commit(make_announcement(sources=sources), now=NOW)


# Runs


LATER = datetime(2026, 12, 2, 1, tzinfo=UTC)


def later_sources(day):
    return (Source("一码", f"2026-12-{day:02d}T04:00:00Z"),)


def runs(kind=Kind.SUPPLEMENT):
    """Return two records: three of eight, then one more of the rest."""
    first = reveal(commit(make_announcement(), now=NOW), REPORTS)
    rest = tuple(p for p in people(8) if p.name not in first.picked + first.alternates)
    announcement = make_announcement(
        pool=rest if kind is Kind.SUPPLEMENT else people(8),
        plan=simple(1),
        sources=later_sources(3),
        run=chain.next_run(first, kind, "两人不能到会"),
    )
    return first, reveal(commit(announcement, now=LATER), (Report("42"),))


@pytest.mark.parametrize("kind", [Kind.SUPPLEMENT, Kind.REDRAW])
def test_a_chain_of_runs_verifies(kind):
    first, second = runs(kind)
    assert second.data["announcement"]["run"] == {
        "number": 2,
        "kind": kind.value,
        "previous": first.sha256,
        "reason": "两人不能到会",
    }
    assert chain.verify([first.data, second.data]) == []


def test_a_chain_must_be_whole_and_in_order():
    first, second = runs()
    assert [str(f) for f in chain.verify([second.data])] == ["The chain does not begin with run 1."]
    twice = chain.verify([first.data, second.data, second.data])
    assert str(twice[0]) == "Run 2 does not follow the record before it."
    other = reveal(commit(make_announcement(), now=NOW), (Report("1"), REPORTS[1]))
    assert str(chain.verify([other.data, second.data])[0]) == ("Run 2 does not follow the record before it.")
    assert chain.verify([]) == []


def test_a_wrong_record_makes_a_wrong_chain():
    first, second = runs()
    forged = copy.deepcopy(second.data)
    forged["picked"][0]["name"] = "丙"
    assert chain.verify([first.data, forged]) == record.verify(forged) != []


def test_a_supplement_draws_nobody_who_holds_a_place():
    first, _ = runs()
    run = chain.next_run(first, Kind.SUPPLEMENT, "一人不能到会")
    announcement = make_announcement(pool=people(8), plan=simple(1), sources=later_sources(3), run=run)
    second = reveal(commit(announcement, now=LATER), (Report("42"),))
    name = sorted(first.picked + first.alternates)[0]
    assert [str(f) for f in chain.verify([first.data, second.data])] == [
        f"Run 2 fills open seats, but “{name}” was drawn before."
    ]


def test_a_run_is_not_committed_before_the_sources_of_the_run_before_it():
    first, _ = runs()
    run = chain.next_run(first, Kind.REDRAW, "名单有误")
    announcement = make_announcement(sources=later_sources(3), run=run)
    second = reveal(commit(announcement, now=NOW), (Report("42"),))
    assert [str(f) for f in chain.verify([first.data, second.data])] == [
        "Run 2 was committed before the sources of the run before it."
    ]


@pytest.mark.parametrize(("kind", "reason"), [(Kind.FIRST, "x"), (Kind.REDRAW, " ")])
def test_a_run_after_the_first_says_what_it_is_and_why(kind, reason):
    first, _ = runs()
    with pytest.raises(Invalid, match="is a supplement or a redraw, and has a reason"):
        chain.next_run(first, kind, reason)


@pytest.mark.parametrize(
    "run",
    [
        Run(2),
        Run(0),
        Run(1, Kind.REDRAW),
        Run(1, Kind.FIRST, "a" * 64),
        Run(2, Kind.REDRAW, "a" * 64, ""),
        Run(2, Kind.REDRAW, None, "x"),
        Run(2, Kind.REDRAW, "a" * 63, "x"),
    ],
)
def test_a_run_is_first_or_follows_another(run):
    with pytest.raises(Invalid, match="has a number, a reason and the hash"):
        commit(make_announcement(run=run), now=NOW)


def test_plain_data_and_announcements_turn_into_each_other():
    announcement = sealed_announcement()
    assert canonical.build(type(announcement), canonical.plain(announcement), "a") == announcement
    wrong = canonical.plain(announcement)
    wrong["pool"][3]["name"] = 7
    with pytest.raises(Invalid, match=r"Field “a\.pool\.3\.name” has not the shape"):
        canonical.build(type(announcement), wrong, "a")


def test_what_is_prepared_becomes_the_commitment_once_all_seals_are_in_it():
    whole = sealed_announcement()
    seals = {each.party: each.seal for each in whole.sources if each.party}
    bare = dataclasses.replace(
        whole, sources=tuple(dataclasses.replace(each, seal="") for each in whole.sources)
    )
    prepared = announcing.prepare(bare, now=NOW)
    assert announcing.awaited(announcing.read(prepared)) == ("监督员", "组织者")
    assert announcing.complete(prepared, seals, now=NOW) == announcing.commit(whole, now=NOW)
    with pytest.raises(Invalid, match="64 hexadecimal"):
        announcing.complete(prepared, {"监督员": seals["监督员"]}, now=NOW)
    with pytest.raises(Invalid, match="must close the draw"):
        announcing.prepare(dataclasses.replace(bare, sources=bare.sources[:2]), now=NOW)
