"""A preset put into words, rule by rule, and the differences of two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from expertpool.conflicts.policy import PairRule, Rule
from expertpool.interests.wording import HANDLINGS, RULES
from expertpool.panels.preset import Ballot, Basis, Cap, Confidence, ConflictRule, Preset, Quota, QuotaBy
from expertpool.panels.preset_parts import TIMED
from expertpool.panels.terms import is_held
from expertpool.panels.wording import PARTIES
from expertpool.web.presets.wording import (
    BALLOTS,
    DECISIONS,
    DENOMINATORS,
    DRAWS,
    PARTS,
    QUOTAS,
    SECRECIES,
    THRESHOLDS,
    UNDATED,
)


@dataclass(frozen=True)
class Row:
    """One rule in words. `key` names the rule across versions; `note` says what it does not do."""

    key: str
    label: str
    value: str
    basis: Basis | None
    note: str = ""


@dataclass(frozen=True)
class Part:
    """A section of a preset: its rules, and the names of those it does not ask."""

    title: str
    rows: list[Row]
    unasked: list[str]


def parts(preset: Preset) -> list[Part]:
    """Return all rules of a preset in the order of the page."""
    conflicts = [_conflict("conflicts", rule, preset.conflicts.get(rule)) for rule in Rule]
    pairs = [_conflict("pairs", rule, preset.pairs.get(rule)) for rule in PairRule]
    return [
        Part(gettext("Size, shares and load"), [_size(preset), *_quotas(preset), *_caps(preset)], []),
        Part(
            str(PARTS["conflicts"]),
            [_undated(preset), *filter(None, conflicts)],
            [rule_name(rule) for rule in Rule if rule not in preset.conflicts],
        ),
        Part(
            str(PARTS["pairs"]),
            list(filter(None, pairs)),
            [rule_name(rule) for rule in PairRule if rule not in preset.pairs],
        ),
        Part(gettext("Decision, draw and file"), list(_rest(preset)), []),
    ]


def bases(preset: Preset) -> list[Basis]:
    """Return the sources of all rules, one each."""
    return [row.basis for part in parts(preset) for row in part.rows if row.basis]


def to_check(preset: Preset) -> int:
    """Return how many rules are not known from the statute itself."""
    return sum(basis.confidence is not Confidence.STATUTE for basis in bases(preset))


def members(preset: Preset) -> str:
    """Return the size in a few words: `at least 5, odd`."""
    size = preset.size
    texts = [gettext("at least %(count)s", count=size.minimum)]
    if size.maximum is not None:
        texts.append(gettext("at most %(count)s", count=size.maximum))
    texts += [gettext("an odd number")] if size.odd else []
    if size.minimum_when_large is not None:
        texts.append(gettext("at least %(count)s when the review is large", count=size.minimum_when_large))
    return str(gettext(", ")).join(texts)


def differences(old: Preset, new: Preset) -> list[tuple[Row | None, Row | None]]:
    """Return the rules that differ, as (old, new); None where a version lacks the rule."""
    before, after = _by_key(old), _by_key(new)
    keys = [*before, *(key for key in after if key not in before)]
    return [(before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]


def _by_key(preset: Preset) -> Mapping[str, Row]:
    texts = [
        Row(f"{name}.{language}", f"{PARTS[name]}, {word}", getattr(getattr(preset, name), language), None)
        for name in ("title", "description")
        for language, word in (("zh", gettext("in Chinese")), ("en", gettext("in English")))
    ]
    return {row.key: row for row in (*texts, *(row for part in parts(preset) for row in part.rows))}


def rule_name(rule: Rule | PairRule) -> str:
    """Return the name of a rule in the reader's language."""
    return str(gettext(RULES[Rule(rule.value)]))


def _size(preset: Preset) -> Row:
    value = members(preset)
    if preset.size.vice_chairs_at_most is not None:
        chairs = gettext("vice-chairs at most %(count)s", count=preset.size.vice_chairs_at_most)
        value = gettext(", ").join((value, chairs))
    return Row("size", gettext("Members"), value, preset.size.basis)


def _quotas(preset: Preset) -> Iterator[Row]:
    seen: Counter[str] = Counter()
    for quota in preset.quotas:
        key = f"quotas.{quota.by}.{'+'.join(quota.values)}"
        seen[key] += 1
        note = "" if is_held(quota) else gettext("Proposals do not compute this; watch it yourself.")
        yield Row(f"{key}.{seen[key]}", quota_label(quota), _bounds(quota), quota.basis, note)


def quota_label(quota: Quota) -> str:
    """Return what a quota counts: `Of one employer`, `Users and Public interest`."""
    if quota.by is QuotaBy.DRAFTER_EMPLOYER:
        return str(QUOTAS[quota.by])
    if quota.values:
        return str(gettext(", ")).join(party(value) for value in quota.values)
    words = {
        QuotaBy.EMPLOYER: gettext("Of one employer"),
        QuotaBy.INTEREST_PARTY: gettext("Of one interest party"),
        QuotaBy.REGION: gettext("Of one region"),
    }
    return str(words[quota.by])


def party(value: str) -> str:
    """Return an interest party's name, or a free text as it is."""
    return str(gettext(PARTIES[value])) if value in PARTIES else value


def _bounds(quota: Quota) -> str:
    texts = []
    if quota.at_least is not None:
        texts.append(gettext("at least %(count)s", count=quota.at_least))
    if quota.at_least_share is not None:
        texts.append(gettext("at least %(share)s of the members", share=quota.at_least_share))
    if quota.at_most is not None:
        texts.append(gettext("at most %(count)s", count=quota.at_most))
    if quota.at_most_share is not None:
        texts.append(gettext("at most %(share)s of the members", share=quota.at_most_share))
    return str(gettext(", ")).join(texts)


def _caps(preset: Preset) -> Iterator[Row]:
    caps: dict[str, Cap | None] = {
        "reviews_per_year": preset.reviews_per_year,
        "committees_at_once": preset.committees_at_once,
        "excluded_names": preset.excluded_names,
    }
    for key, cap in caps.items():
        if cap:
            yield Row(key, str(PARTS[key]), gettext("at most %(count)s", count=cap.at_most), cap.basis)


def _undated(preset: Preset) -> Row:
    return Row("undated", str(PARTS["undated"]), str(UNDATED[preset.undated]), None)


def _conflict(prefix: str, rule: Rule | PairRule, entry: ConflictRule | None) -> Row | None:
    if entry is None:
        return None
    timed = isinstance(rule, PairRule) or rule in TIMED
    return Row(f"{prefix}.{rule}", rule_name(rule), treatment(entry, timed=timed), entry.basis)


def treatment(entry: ConflictRule, *, timed: bool) -> str:
    """Return what follows from a finding, and how long after the fact: `Bar, until 36 months after`."""
    word = gettext(HANDLINGS[entry.treatment.handling])
    months = entry.treatment.within_months
    if entry.treatment.never_expires:
        return str(gettext(", ")).join((word, gettext("never expires")))
    if months:
        after = ngettext("until %(num)s month after its end", "until %(num)s months after its end", months)
        return str(gettext(", ")).join((word, after))
    return str(gettext(", ")).join((word, gettext("while it lasts"))) if timed else word


def _rest(preset: Preset) -> Iterator[Row]:
    decision, draw = preset.decision, preset.draw
    texts = [str(DECISIONS[decision.kind])]
    for name, ballot in (("ballot", decision.ballot), ("by_letter", decision.by_letter)):
        texts += [f"{BALLOTS[name]}{gettext(': ')}{_ballot(ballot)}"] if ballot else []
    if decision.ballot:
        texts.append(_base(decision.abstentions_count, decision.recused_count))
    texts += [gettext("an unsigned dissent counts as agreement")] if decision.silence_agrees else []
    yield Row("decision", str(PARTS["decision"]), gettext("; ").join(texts), decision.basis)
    texts = [str(DRAWS[draw.mode])]
    if draw.working_days_before_at_most is not None:
        days = draw.working_days_before_at_most
        texts.append(
            ngettext("at most %(num)s working day before", "at most %(num)s working days before", days)
        )
    if draw.mail_reviewers_at_least is not None:
        count = draw.mail_reviewers_at_least
        texts.append(gettext("at least %(count)s peers review by mail first", count=count))
    yield Row("draw", str(PARTS["draw"]), gettext(", ").join(texts), draw.basis)
    texts = [str(SECRECIES[preset.secrecy.until])]
    texts += [gettext("sealed within the office too")] if preset.secrecy.sealed else []
    yield Row("secrecy", str(PARTS["secrecy"]), gettext(", ").join(texts), preset.secrecy.basis)
    years = ngettext("%(num)s year", "%(num)s years", preset.retention.years)
    yield Row("retention", str(PARTS["retention"]), years, preset.retention.basis)


def _ballot(ballot: Ballot) -> str:
    found = {"turnout": ballot.turnout, "approve": ballot.approve, "oppose": ballot.oppose}
    texts = [
        gettext(
            "%(what)s %(share)s of %(base)s",
            what=THRESHOLDS[name],
            share=threshold.share,
            base=DENOMINATORS[threshold.of],
        )
        for name, threshold in found.items()
        if threshold
    ]
    return str(gettext(", ")).join(texts)


def _base(abstentions: bool, recused: bool) -> str:
    if abstentions and recused:
        return str(gettext("those who abstain or left the room count in the base"))
    if abstentions:
        return str(gettext("those who abstain count in the base, those who left the room do not"))
    if recused:
        return str(gettext("those who left the room count in the base, those who abstain do not"))
    return str(gettext("those who abstain or left the room do not count in the base"))
