"""Keep a problem exactly as the engine got it, so that it can be asked again and hashed.

A problem is canonical JSON (sorted keys, UTF-8); stored compressed, hashed uncompressed (SHA-256). Shares are
written as exact fractions ("1/2"). The cap of one region, younger than the rest, is written only where there
is one, so that older problems keep their hash. A candidate is a row: id, organisation, region, party, whether
they may take the chair, skills, the place of their score's parts in the list `parts`, the slots that suit,
findings, load.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from expertpool.matching.problem import Candidate, MinShare, Mode, PanelProblem, Rules, Slot, Wanted

LEVEL = 3
"""How hard zlib tries: a sixth larger than at 6, its usual level, in a third of the time."""


def pack(problem: PanelProblem) -> tuple[bytes, str]:
    """Return the problem compressed, and the hash of its canonical form in hexadecimal."""
    text = json.dumps(
        _plain(problem), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()
    return zlib.compress(text, LEVEL), hashlib.sha256(text).hexdigest()


def unpack(packed: bytes) -> PanelProblem:
    """Return the problem that `pack` kept."""
    plain = json.loads(zlib.decompress(packed))
    return PanelProblem(
        candidates=tuple(_candidate(row, plain["parts"]) for row in plain["candidates"]),
        seats=plain["seats"],
        alternates=plain["alternates"],
        wanted=tuple(Wanted(skill, seats) for skill, seats in plain["wanted"]),
        slots=tuple(Slot(key, preference) for key, preference in plain["slots"]),
        lock=frozenset(plain["lock"]),
        exclude=frozenset(plain["exclude"]),
        rules=_rules(plain["rules"]),
        apart=tuple((one, other) for one, other in plain["apart"]),
        declare=tuple((one, other) for one, other in plain["declare"]),
        weights=plain["weights"],
        mode=Mode(plain["mode"]),
        seed=plain["seed"],
        limit=plain["limit"],
    )


def _plain(problem: PanelProblem) -> dict[str, Any]:
    rules = problem.rules
    return {
        **_plain_candidates(problem.candidates),
        "seats": problem.seats,
        "alternates": problem.alternates,
        "wanted": [[each.skill, each.seats] for each in problem.wanted],
        "slots": [[each.key, each.preference] for each in problem.slots],
        "lock": sorted(problem.lock),
        "exclude": sorted(problem.exclude),
        "rules": {
            **({} if rules.max_per_region is None else {"max_per_region": rules.max_per_region}),
            "odd": rules.odd,
            "size_min": rules.size_min,
            "max_per_organisation": rules.max_per_organisation,
            "min_regions": rules.min_regions,
            "max_share_of_one_party": _text(rules.max_share_of_one_party),
            "min_shares": [[sorted(each.parties), str(each.share)] for each in rules.min_shares],
            "max_load": rules.max_load,
            "chair": rules.chair,
        },
        "apart": [list(pair) for pair in problem.apart],
        "declare": [list(pair) for pair in problem.declare],
        "weights": dict(problem.weights),
        "mode": problem.mode.value,
        "seed": problem.seed,
        "limit": problem.limit,
    }


def _plain_candidates(candidates: Iterable[Candidate]) -> dict[str, Any]:
    """Return one row for each candidate, and the parts of scores, which many have in common, once each."""
    parts: dict[tuple[tuple[str, float], ...], int] = {}
    rows = [
        [
            each.id,
            each.organisation,
            each.region,
            each.party,
            each.may_chair,
            dict(each.skills),
            parts.setdefault(tuple(sorted(each.parts.items())), len(parts)),
            None if each.free is None else sorted(each.free),
            each.findings,
            each.load,
        ]
        for each in candidates
    ]
    return {"candidates": rows, "parts": [dict(each) for each in parts]}


def _candidate(row: list[Any], parts: list[dict[str, float]]) -> Candidate:
    id_, organisation, region, party, may_chair, skills, part, free, findings, load = row
    return Candidate(
        id=id_,
        organisation=organisation,
        region=region,
        party=party,
        may_chair=may_chair,
        skills=skills,
        parts=parts[part],
        free=None if free is None else frozenset(free),
        findings=tuple(findings),
        load=load,
    )


def _rules(plain: dict[str, Any]) -> Rules:
    share = plain["max_share_of_one_party"]
    return Rules(
        odd=plain["odd"],
        size_min=plain["size_min"],
        max_per_organisation=plain["max_per_organisation"],
        max_per_region=plain.get("max_per_region"),
        min_regions=plain["min_regions"],
        max_share_of_one_party=None if share is None else Fraction(share),
        min_shares=tuple(MinShare(frozenset(p), Fraction(s)) for p, s in plain["min_shares"]),
        max_load=plain["max_load"],
        chair=plain["chair"],
    )


def _text(share: Fraction | None) -> str | None:
    return None if share is None else str(share)
