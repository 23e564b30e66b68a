"""What is known of an organisation, as forms and files hand it in: tidied and checked by itself."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from expertpool.conflicts.names import organisation_key
from expertpool.errors import N_, Invalid
from expertpool.organisations.models import NameKind, Organisation, OrganisationKind

_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


@dataclass(frozen=True)
class OrganisationFacts:
    """The editable facts of one organisation. `parent_id` is what it belongs to."""

    name: str
    code: str | None = None
    name_en: str | None = None
    kind: OrganisationKind = OrganisationKind.OTHER
    region: str | None = None
    parent_id: int | None = None
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    mail_domains: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


def facts_of(organisation: Organisation) -> OrganisationFacts:
    """Return the present facts of `organisation`."""
    return OrganisationFacts(
        name=organisation.name,
        code=organisation.code,
        name_en=organisation.name_en,
        kind=organisation.kind,
        region=organisation.region,
        parent_id=organisation.parent_id,
        aliases=names_of(organisation, NameKind.ALIAS),
        former_names=names_of(organisation, NameKind.FORMER),
        mail_domains=tuple(organisation.mail_domains or ()),
        extra=dict(organisation.extra or {}),
    )


def names_of(organisation: Organisation, kind: NameKind) -> tuple[str, ...]:
    """Return the other names of `organisation` that are of `kind`."""
    return tuple(name.name for name in organisation.names if name.kind == kind)


def tidied(facts: OrganisationFacts) -> OrganisationFacts:
    """Return `facts` without stray white space and repeated names; raises `Invalid` naming the field."""
    name = _line(facts.name)
    key = organisation_key(name)
    if not key:
        raise Invalid(N_("The organisation has no name."), field="name")
    if facts.kind == OrganisationKind.DEPARTMENT and facts.parent_id is None:
        raise Invalid(N_("A department needs the organisation that it belongs to."), field="parent")
    former = _distinct(facts.former_names, {key})
    return dataclasses.replace(
        facts,
        name=_short(name, 200, "name"),
        code=_short(_line(facts.code), 60, "code") or None,
        name_en=_short(_line(facts.name_en), 200, "name_en") or None,
        region=_short(_line(facts.region), 80, "region") or None,
        aliases=_distinct(facts.aliases, {key, *map(organisation_key, former)}),
        former_names=former,
        mail_domains=tuple(dict.fromkeys(_domain(text) for text in facts.mail_domains if text.strip())),
    )


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _short(text: str, most: int, field_name: str) -> str:
    if len(text) > most:
        raise Invalid(
            N_("“%(value)s” is longer than %(most)s characters."),
            field=field_name,
            value=text[:40] + "…",
            most=most,
        )
    return text


def _distinct(names: Iterable[str], taken: set[str]) -> tuple[str, ...]:
    """Return `names` in order, once each, without those whose key is in `taken`."""
    seen = set(taken)
    kept = []
    for name in map(_line, names):
        key = organisation_key(name)
        if key and key not in seen:
            seen.add(key)
            kept.append(_short(name, 200, "aliases"))
    return tuple(kept)


def _domain(text: str) -> str:
    domain = text.strip().lower().removeprefix("@").rstrip(".")
    if not _DOMAIN.fullmatch(domain):
        raise Invalid(
            N_("“%(value)s” is no mail domain. Write it like example.org."), field="mail_domains", value=text
        )
    return domain
