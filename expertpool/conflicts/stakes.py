"""Which organisations have a stake in an item: the applicant, its parents, departments and sisters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from expertpool.conflicts.facts import AllianceMembership, Id, ItemSide, Organisation, OrganisationRef
from expertpool.conflicts.names import organisation_core, organisation_key
from expertpool.conflicts.policy import Certainty


class Tie(StrEnum):
    """What an organisation is to the applicant, closest first."""

    APPLICANT = "applicant"
    ALIAS = "alias"
    PARENT = "parent"
    DEPARTMENT = "department"
    SUBSIDIARY = "subsidiary"
    SISTER = "sister"
    ALLIANCE = "alliance"


ONE_ENTITY = frozenset({Tie.APPLICANT, Tie.ALIAS, Tie.DEPARTMENT})
"""Ties within one legal entity."""


@dataclass(frozen=True, slots=True)
class Stake:
    """An organisation's tie to one applicant of one item (by its position)."""

    item: int
    tie: Tie
    applicant: str
    certainty: Certainty = Certainty.CERTAIN
    via: str = ""
    """The shared parent or alliance, by name."""
    memberships: tuple[AllianceMembership, ...] = ()
    """Both memberships of a shared alliance."""


class OrganisationTree:
    """Organisations by id, with their legal entity, parents and names."""

    def __init__(self, organisations: Mapping[Id, Organisation]) -> None:
        self.organisations = organisations

    def chain(self, id_: Id) -> list[Id]:
        """Return `id_` and those above it, nearest first; a cycle ends the chain."""
        if id_ in self.organisations and self.organisations[id_].parent is None:
            return [id_]
        chain: list[Id] = []
        at: Id | None = id_
        while at is not None and at in self.organisations and at not in chain:
            chain.append(at)
            at = self.organisations[at].parent
        return chain

    def entity(self, id_: Id) -> Id:
        """Return the legal entity: the nearest organisation upwards that is no department."""
        chain = self.chain(id_)
        return next((at for at in chain if not self.organisations[at].is_department), chain[-1])

    def holder(self, entity: Id) -> Id | None:
        """Return the company above a legal entity; None below an authority, which makes no sisters."""
        above = self.chain(entity)[1:]
        if not above:
            return None
        holder = self.entity(above[0])
        return None if self.organisations[holder].is_authority else holder

    @cached_property
    def by_key(self) -> dict[str, list[Id]]:
        """Organisations by the strong keys of all their names."""
        found: dict[str, list[Id]] = defaultdict(list)
        for organisation in self.organisations.values():
            for key in name_keys(organisation):
                found[key].append(organisation.id)
        return found


def name_keys(organisation: Organisation) -> set[str]:
    """Return the strong keys of all names of an organisation."""
    return {organisation_key(name) for name in (organisation.name, *organisation.other_names) if name}


@dataclass(frozen=True, slots=True)
class Claim:
    """An applicant of one item; `id` is None when only its text is known."""

    item: int
    id: Id | None
    name: str


class Stakes:
    """Finds the stakes of any organisation, by id or by text, in constant time."""

    def __init__(self, side: ItemSide) -> None:
        self._tree = OrganisationTree(side.organisations)
        self._by_id: dict[Id, list[Stake]] = defaultdict(list)
        self._by_key: dict[str, list[Stake]] = defaultdict(list)
        self._by_core: dict[str, list[Stake]] = defaultdict(list)
        self._by_domain: dict[str, list[Stake]] = defaultdict(list)
        self._by_text: dict[Id, tuple[Stake, ...]] = {}
        self._by_organisation: dict[Id, tuple[Stake, ...]] = {}
        claims = list(self._claims(side))
        for claim in claims:
            self._know_names(claim)
        self._know_ties([claim for claim in claims if claim.id is not None])

    def of(self, ref: OrganisationRef) -> tuple[Stake, ...]:
        """Return the stakes of an organisation, at most one structural tie an applicant."""
        known = ref.id if ref.id in self._tree.organisations else None
        key = ref.name if known is None else known
        memo = self._by_text if known is None else self._by_organisation
        found = memo.get(key)
        if found is None:
            found = memo[key] = tuple(self._find(known, ref.name))
        return found

    @property
    def domains(self) -> frozenset[str]:
        """The mail domains of the applicants."""
        return frozenset(self._by_domain)

    def of_domain(self, domain: str) -> list[Stake]:
        """Return the applicants whose mail domain is `domain` or stands above it."""
        if not self._by_domain:
            return []
        labels = domain.split(".")
        tails = (".".join(labels[start:]) for start in range(len(labels) - 1))
        return [stake for tail in tails for stake in self._by_domain.get(tail, ())]

    def _claims(self, side: ItemSide) -> Iterator[Claim]:
        for position, item in enumerate(side.items):
            for part in (item, *item.parts):
                for ref in part.applicants:
                    if isinstance(ref, OrganisationRef):
                        yield from self._resolved(position, ref)

    def _resolved(self, position: int, ref: OrganisationRef) -> Iterator[Claim]:
        organisation = self._tree.organisations.get(ref.id) if ref.id is not None else None
        if organisation is not None:
            yield Claim(position, ref.id, organisation.name)
            return
        yield Claim(position, None, ref.name)
        for id_ in self._tree.by_key.get(organisation_key(ref.name), ()):
            yield Claim(position, id_, ref.name)

    def _know_names(self, claim: Claim) -> None:
        stake = Stake(claim.item, Tie.APPLICANT, claim.name)
        names: tuple[str, ...] = (claim.name,)
        if claim.id is not None:
            organisation = self._tree.organisations[claim.id]
            names = (organisation.name, *organisation.other_names)
            for domain in organisation.mail_domains:
                self._by_domain[domain.casefold()].append(stake)
        own_key = organisation_key(claim.name)
        for name in filter(None, names):
            tie = Tie.APPLICANT if organisation_key(name) == own_key else Tie.ALIAS
            self._by_key[organisation_key(name)].append(replace(stake, tie=tie))
            self._by_core[organisation_core(name)].append(
                replace(stake, tie=tie, certainty=Certainty.POSSIBLE)
            )

    def _know_ties(self, claims: list[Claim]) -> None:
        around = _Surroundings(self._tree, claims)
        for organisation in self._tree.organisations.values():
            stakes = around.stakes_of(organisation)
            if stakes:
                self._by_id[organisation.id] = stakes
                wider = [stake for stake in stakes if stake.tie is not Tie.APPLICANT]
                for key in name_keys(organisation) if wider else ():
                    self._by_key[key].extend(wider)

    def _find(self, id_: Id | None, text: str) -> Iterator[Stake]:
        names, found = [text], list[Stake]()
        if id_ is not None:
            organisation = self._tree.organisations[id_]
            names = [organisation.name, *organisation.other_names]
            found += self._by_id.get(id_, ())
        named = {organisation_key(name): name for name in names if name}
        for key, name in named.items():
            found += self._by_key.get(key, ())
            found += self._by_core.get(organisation_core(name), ())
            found += self._department_by_text(key)
        if found:
            yield from _closest(found)

    def _department_by_text(self, key: str) -> list[Stake]:
        """某大学计算机学院 is possibly a department of 某大学."""
        if not key.endswith(_DEPARTMENT_ENDINGS):
            return []
        return [
            replace(stake, tie=Tie.DEPARTMENT, certainty=Certainty.POSSIBLE)
            for end in range(_SHORTEST_NAME, len(key))
            for stake in self._by_key.get(key[:end], ())
            if stake.tie in (Tie.APPLICANT, Tie.ALIAS)
        ]


_DEPARTMENT_ENDINGS = ("学院", "系", "部", "中心", "所", "处", "科", "室", "分公司", "department", "school")
_SHORTEST_NAME = 4


def _closest(stakes: list[Stake]) -> Iterator[Stake]:
    """Yield, for each item and applicant, the closest structural tie (certain first) and its alliances."""
    order = list(Tie)
    seen: dict[tuple[int, str, str], Stake] = {}
    ranked = sorted(stakes, key=lambda stake: (stake.certainty is Certainty.POSSIBLE, order.index(stake.tie)))
    for stake in ranked:
        via = stake.via if stake.tie is Tie.ALLIANCE else ""
        if via and (own := seen.get((stake.item, stake.applicant, ""))) and own.tie in ONE_ENTITY:
            continue
        seen.setdefault((stake.item, stake.applicant, via), stake)
    yield from seen.values()


class _Surroundings:
    """The applicants, by entity, by what is above them, by holder and by alliance."""

    def __init__(self, tree: OrganisationTree, claims: list[Claim]) -> None:
        self._tree = tree
        self._by_id: dict[Id, list[Claim]] = defaultdict(list)
        self._by_entity: dict[Id, list[Claim]] = defaultdict(list)
        self._below: dict[Id, list[Claim]] = defaultdict(list)
        self._by_holder: dict[Id, list[Claim]] = defaultdict(list)
        self._by_alliance: dict[Id, list[tuple[Claim, AllianceMembership]]] = defaultdict(list)
        for claim in claims:
            self._place(claim)

    def _place(self, claim: Claim) -> None:
        assert claim.id is not None
        entity = self._tree.entity(claim.id)
        self._by_id[claim.id].append(claim)
        self._by_entity[entity].append(claim)
        for above in self._tree.chain(claim.id)[1:]:
            self._below[above].append(claim)
        holder = self._tree.holder(entity)
        if holder is not None:
            self._by_holder[holder].append(claim)
        for owner in {claim.id, entity}:
            for membership in self._tree.organisations[owner].alliances:
                self._by_alliance[membership.alliance].append((claim, membership))

    def stakes_of(self, organisation: Organisation) -> list[Stake]:
        """Return all ties of one organisation; `_closest` thins them out."""
        tree, id_ = self._tree, organisation.id
        entity = tree.entity(id_)
        same_entity = self._by_entity.get(entity, [])
        stakes = _ties(Tie.APPLICANT, self._by_id.get(id_, []))
        stakes += _ties(Tie.PARENT, self._below.get(id_, []))
        stakes += _ties(Tie.DEPARTMENT, same_entity)
        if entity != id_:
            above = [claim for claim in self._below.get(entity, []) if claim not in same_entity]
            stakes += _ties(Tie.PARENT, above)
        for higher in tree.chain(entity)[1:]:
            stakes += _ties(Tie.SUBSIDIARY, self._by_entity.get(higher, []))
        holder = tree.holder(entity) if self._by_holder else None
        if holder is not None and holder in self._by_holder:
            stakes += _ties(Tie.SISTER, self._by_holder[holder], via=tree.organisations[holder].name)
        if self._by_alliance:
            stakes += self._alliance_stakes(organisation, tree.organisations[entity])
        return stakes

    def _alliance_stakes(self, organisation: Organisation, entity: Organisation) -> Iterator[Stake]:
        for own in {*organisation.alliances, *entity.alliances}:
            for claim, theirs in self._by_alliance.get(own.alliance, ()):
                yield Stake(claim.item, Tie.ALLIANCE, claim.name, via=own.name, memberships=(own, theirs))


def _ties(tie: Tie, claims: list[Claim], via: str = "") -> list[Stake]:
    return [Stake(claim.item, tie, claim.name, via=via) for claim in claims]
