"""A finding as one JSON object, the same from the command and from the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from expertpool.conflicts.findings import Evidence, Finding
from expertpool.errors import Sentence
from expertpool.interests.wording import evidence_text, finding_text


def finding_line(
    finding: Finding, numbers: Mapping[int, str], say: Callable[[Sentence], str]
) -> dict[str, Any]:
    """Return a finding as plain JSON; `numbers` are those of people by id, `say` translates."""
    waiver = finding.waiver
    return {
        "expert": numbers[int(finding.person)],
        "rule": finding.rule.value,
        "handling": finding.shown_handling,
        "text": say(finding_text(finding)),
        "evidence": [_evidence(evidence, say) for evidence in finding.evidence],
        "waiver": {"reason": waiver.reason, "by": waiver.granted_by} if waiver else None,
    }


def _evidence(evidence: Evidence, say: Callable[[Sentence], str]) -> dict[str, str | None]:
    return {
        "kind": evidence.kind,
        "text": say(evidence_text(evidence)),
        "source": evidence.source or None,
        "from": evidence.since.isoformat() if evidence.since else None,
        "to": evidence.until.isoformat() if evidence.until else None,
    }
