"""Keep a problem exactly as the engine got it, so that it can be asked again and hashed.

A problem is canonical JSON (sorted keys, UTF-8); stored compressed, hashed uncompressed (SHA-256).
Shares are written as exact fractions ("1/2"). Defaults of a candidate are left out.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from fractions import Fraction
from typing import Any

from expertpool.matching.problem import Candidate, MinShare, Mode, PanelProblem, Rules, Slot, Wanted


def pack(problem: PanelProblem) -> tuple[bytes, str]:
    """Return the problem compressed, and the hash of its canonical form in hexadecimal."""
    text = json.dumps(
        _plain(problem), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()
    return zlib.compress(text, 6), hashlib.sha256(text).hexdigest()


def unpack(packed: bytes) -> PanelProblem:
    """Return the problem that `pack` kept."""
    plain = json.loads(zlib.decompress(packed))
    return PanelProblem(
        candidates=tuple(_candidate(each) for each in plain["candidates"]),
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
        "candidates": [_plain_candidate(each) for each in problem.candidates],
        "seats": problem.seats,
        "alternates": problem.alternates,
        "wanted": [[each.skill, each.seats] for each in problem.wanted],
        "slots": [[each.key, each.preference] for each in problem.slots],
        "lock": sorted(problem.lock),
        "exclude": sorted(problem.exclude),
        "rules": {
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


def _plain_candidate(person: Candidate) -> dict[str, Any]:
    values = {
        "id": person.id,
        "organisation": person.organisation,
        "region": person.region,
        "party": person.party,
        "may_chair": None if person.may_chair else False,
        "skills": dict(person.skills),
        "parts": dict(person.parts),
        "free": None if person.free is None else sorted(person.free),
        "findings": list(person.findings),
        "load": person.load,
    }
    return {
        name: value
        for name, value in values.items()
        if value or (name == "free" and value is not None) or value is False
    }


def _candidate(plain: dict[str, Any]) -> Candidate:
    free = plain.get("free")
    return Candidate(
        id=plain["id"],
        organisation=plain.get("organisation"),
        region=plain.get("region"),
        party=plain.get("party"),
        may_chair=plain.get("may_chair", True),
        skills=plain.get("skills", {}),
        parts=plain.get("parts", {}),
        free=None if free is None else frozenset(free),
        findings=tuple(plain.get("findings", ())),
        load=plain.get("load", 0),
    )


def _rules(plain: dict[str, Any]) -> Rules:
    share = plain["max_share_of_one_party"]
    return Rules(
        odd=plain["odd"],
        size_min=plain["size_min"],
        max_per_organisation=plain["max_per_organisation"],
        min_regions=plain["min_regions"],
        max_share_of_one_party=None if share is None else Fraction(share),
        min_shares=tuple(MinShare(frozenset(p), Fraction(s)) for p, s in plain["min_shares"]),
        max_load=plain["max_load"],
        chair=plain["chair"],
    )


def _text(share: Fraction | None) -> str | None:
    return None if share is None else str(share)
