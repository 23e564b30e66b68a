"""Conflicts by employer, now or before, and by mail domain."""

from __future__ import annotations

from collections.abc import Iterator

from expertpool.conflicts.asking import Asking
from expertpool.conflicts.dates import lasts
from expertpool.conflicts.facts import Employment, OrganisationRef, Person, RelationKind
from expertpool.conflicts.findings import Evidence, Hit
from expertpool.conflicts.policy import Certainty, Rule
from expertpool.conflicts.stakes import Stake, Tie

_NOW = {
    Tie.APPLICANT: Rule.SAME_ORGANISATION,
    Tie.ALIAS: Rule.SAME_ORGANISATION,
    Tie.PARENT: Rule.PARENT_ORGANISATION,
    Tie.DEPARTMENT: Rule.DEPARTMENT,
    Tie.SUBSIDIARY: Rule.SUBSIDIARY,
    Tie.SISTER: Rule.SISTER_COMPANY,
    Tie.ALLIANCE: Rule.SAME_ALLIANCE,
}
_BEFORE = frozenset({Tie.APPLICANT, Tie.ALIAS, Tie.PARENT, Tie.DEPARTMENT})


def employment_hits(person: Person, asking: Asking) -> Iterator[Hit]:
    """Yield what the person's employers, and without any the mail domains, have to do with the applicants."""
    employed = False
    former: list[tuple[Stake, Hit]] = []
    current_ties: set[tuple[int, str]] = set()
    for employment in employments(person):
        current = lasts(employment.since, employment.until, asking.on)
        employed = employed or current
        for stake in asking.stakes.of(employment.organisation):
            if current:
                if stake.tie in _BEFORE:
                    current_ties.add((stake.item, stake.applicant))
                yield from _current(employment, stake, asking)
            elif (hit := _former(employment, stake, asking)) is not None:
                former.append((stake, hit))
    for stake, hit in former:
        if (stake.item, stake.applicant) not in current_ties:
            yield hit
    if not employed:
        yield from _mail_hits(person, asking)


def employments(person: Person) -> Iterator[Employment]:
    """Yield the person's employments, and those known as a relation."""
    yield from person.employments
    for relation in person.relations:
        if relation.kind is RelationKind.EMPLOYER and isinstance(relation.other, OrganisationRef):
            yield Employment(relation.other, relation.since, relation.until, relation.source)


def _current(employment: Employment, stake: Stake, asking: Asking) -> Iterator[Hit]:
    rule = _NOW[stake.tie]
    if rule not in asking.rules:
        return
    if all(lasts(membership.since, membership.until, asking.on) for membership in stake.memberships):
        yield Hit(stake.item, rule, _evidence(employment, stake, f"employer-is-{stake.tie}"))


def _former(employment: Employment, stake: Stake, asking: Asking) -> Hit | None:
    look = asking.rules.get(Rule.FORMER_ORGANISATION)
    if look is None or stake.tie not in _BEFORE or not look.reaches(employment.since, employment.until):
        return None
    code = f"employer-was-{stake.tie}"
    return Hit(stake.item, Rule.FORMER_ORGANISATION, _evidence(employment, stake, code))


def _evidence(employment: Employment, stake: Stake, code: str) -> Evidence:
    params = {"employer": employment.organisation.name, "applicant": stake.applicant}
    if stake.via:
        params["via"] = stake.via
    return Evidence(
        "employment", code, params, employment.source, employment.since, employment.until, stake.certainty
    )


def _mail_hits(person: Person, asking: Asking) -> Iterator[Hit]:
    if Rule.MAIL_DOMAIN not in asking.rules:
        return
    for email in person.emails:
        domain = email.rpartition("@")[2]
        for stake in asking.stakes.of_domain(domain):
            params = {"domain": domain, "applicant": stake.applicant}
            yield Hit(
                stake.item,
                Rule.MAIL_DOMAIN,
                Evidence("mail", "mail-domain-of-applicant", params, certainty=Certainty.POSSIBLE),
            )
