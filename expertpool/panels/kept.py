"""Findings as a run keeps them: codes and dates, never sentences, so that each reader gets their language."""

from __future__ import annotations

import json
import zlib
from datetime import date
from typing import Any

from expertpool.conflicts.facts import Waiver
from expertpool.conflicts.findings import Evidence, Finding, PairFinding
from expertpool.conflicts.policy import Certainty, Handling, PairRule, Rule


def plain(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON holds it."""
    return {
        "person": finding.person,
        "item": finding.item,
        "rule": finding.rule.value,
        "handling": finding.handling.value,
        "certainty": finding.certainty.value,
        "evidence": [_plain_evidence(each) for each in finding.evidence],
        "waiver": _plain_waiver(finding.waiver) if finding.waiver else None,
    }


def finding(kept: dict[str, Any]) -> Finding:
    """Return the finding that `plain` kept."""
    return Finding(
        person=kept["person"],
        item=kept["item"],
        rule=Rule(kept["rule"]),
        handling=Handling(kept["handling"]),
        certainty=Certainty(kept["certainty"]),
        evidence=tuple(_evidence(each) for each in kept["evidence"]),
        waiver=_waiver(kept) if kept["waiver"] else None,
    )


def plain_pair(finding: PairFinding) -> dict[str, Any]:
    """Return a finding on two people as JSON holds it."""
    return {
        "first": finding.first,
        "second": finding.second,
        "rule": finding.rule.value,
        "handling": finding.handling.value,
        "certainty": finding.certainty.value,
        "evidence": [_plain_evidence(each) for each in finding.evidence],
    }


def pair(kept: dict[str, Any]) -> PairFinding:
    """Return the finding that `plain_pair` kept."""
    return PairFinding(
        first=kept["first"],
        second=kept["second"],
        rule=PairRule(kept["rule"]),
        handling=Handling(kept["handling"]),
        certainty=Certainty(kept["certainty"]),
        evidence=tuple(_evidence(each) for each in kept["evidence"]),
    )


def either(kept: dict[str, Any]) -> Finding | PairFinding:
    """Return a finding on one person, or on two when the kept one names an `other`."""
    if "other" not in kept:
        return finding(kept)
    return pair(kept | {"first": kept["person"], "second": kept["other"]})


def pack(values: dict[str, Any]) -> bytes:
    """Return JSON, compressed."""
    return zlib.compress(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def unpack(packed: bytes | None) -> dict[str, Any]:
    """Return the JSON that `pack` compressed; nothing for nothing."""
    values: dict[str, Any] = json.loads(zlib.decompress(packed)) if packed else {}
    return values


def _plain_evidence(each: Evidence) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "code": each.code,
        "params": dict(each.params),
        "source": each.source,
        "since": each.since.isoformat() if each.since else None,
        "until": each.until.isoformat() if each.until else None,
        "certainty": each.certainty.value,
    }


def _evidence(kept: dict[str, Any]) -> Evidence:
    return Evidence(
        kind=kept["kind"],
        code=kept["code"],
        params=kept["params"],
        source=kept["source"],
        since=date.fromisoformat(kept["since"]) if kept["since"] else None,
        until=date.fromisoformat(kept["until"]) if kept["until"] else None,
        certainty=Certainty(kept["certainty"]),
    )


def _plain_waiver(waiver: Waiver) -> dict[str, Any]:
    return {"reason": waiver.reason, "by": waiver.granted_by, "on": waiver.granted_on.isoformat()}


def _waiver(kept: dict[str, Any]) -> Waiver:
    waiver = kept["waiver"]
    return Waiver(
        person=kept["person"],
        rule=Rule(kept["rule"]),
        reason=waiver["reason"],
        granted_by=waiver["by"],
        granted_on=date.fromisoformat(waiver["on"]),
    )
