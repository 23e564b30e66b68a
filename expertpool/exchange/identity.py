"""Who is the same person (FORMATS: Pool files). Pure: works on what was loaded.

By external id, then any of their addresses, then name with the same employer; never by phone. An address
that belongs to a different name refuses the row. Where a row says too little to decide, it is refused or,
when it says something else (another external id), a new person who is *possibly* a known one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from expertpool.errors import N_, Sentence
from expertpool.exchange.faults import Unreadable


@dataclass(eq=False)
class Subject:
    """One person of the file or the pool; `values` is what the rows of the file say together."""

    person_id: int | None
    number: str | None
    label: str
    name_keys: set[str]
    addresses: set[str]
    employers: set[str]
    """Keys of the employer: `#12` when it is known by id, its compared name; empty when there is none."""
    numbers: set[str] = field(default_factory=set)
    """Numbers in the pool that lead to this person: its own, and those of people merged into it."""
    rows: list[int] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Name and number, as messages call the person."""
        return f"{self.label} ({self.number})" if self.number else self.label


@dataclass(frozen=True)
class Claim:
    """What a row says of who it is."""

    row: int
    number: str | None
    name_key: str
    addresses: tuple[str, ...]
    employers: frozenset[str]


class Contradiction(Unreadable):
    """A row names a person in ways that don't go together; `field` is the column to blame."""

    def __init__(self, field: str, value: str, problem: Sentence, remedy: Sentence) -> None:
        super().__init__(problem, remedy)
        self.field = field
        self.value = value


class People:
    """All people that a file may speak of, found by number, address, and name with employer."""

    def __init__(self, known: Iterable[Subject] = ()) -> None:
        self._numbers: dict[str, Subject] = {}
        self._addresses: dict[str, Subject] = {}
        self._claimed: dict[str, tuple[str, int]] = {}
        self._names: dict[str, list[Subject]] = {}
        self._taken: set[int] = set()
        for subject in known:
            self.add(subject)

    def add(self, subject: Subject, *, also_numbered: Iterable[str] = ()) -> None:
        """Let `subject` be found by all that is known of it."""
        for number in (subject.number, *also_numbered):
            if number:
                self._numbers[number] = subject
        for address in subject.addresses:
            self._addresses[address] = subject
        for key in subject.name_keys:
            same = self._names.setdefault(key, [])
            if subject not in same:
                same.append(subject)

    def claim(self, claim: Claim) -> None:
        """Remember the addresses of a row that is refused for other reasons: they are still its person's."""
        for address in claim.addresses:
            if claim.name_key and address not in self._addresses:
                self._claimed.setdefault(address, (claim.name_key, claim.row))

    def find(self, claim: Claim) -> tuple[Subject | None, list[Subject]]:
        """Return who the row speaks of (None: somebody new), and who that may possibly be.

        Raises `Contradiction`.
        """
        owners = {id(s): s for a in claim.addresses if (s := self._addresses.get(a))}
        self._check_claimed(claim)
        numbered = self._numbers.get(claim.number) if claim.number else None
        if numbered:
            self._check_number(claim, numbered, list(owners.values()))
            return numbered, []
        if owners:
            return self._owner(claim, list(owners.values())), []
        return self._namesake(claim)

    def _check_claimed(self, claim: Claim) -> None:
        for address in claim.addresses:
            name_key, row = self._claimed.get(address, (claim.name_key, 0))
            if name_key != claim.name_key:
                raise _of_another(address, Sentence(N_("the person in row %(row)s"), {"row": row}))

    def _check_number(self, claim: Claim, numbered: Subject, owners: list[Subject]) -> None:
        for address in claim.addresses:
            owner = self._addresses.get(address)
            if owner and owner is not numbered:
                raise _of_another(address, owner.title)
        if claim.name_key in numbered.name_keys or owners or not (claim.addresses and numbered.addresses):
            return
        raise Contradiction(
            "external_id",
            claim.number or "",
            Sentence(N_("This number belongs to %(owner)s."), {"owner": numbered.label}),
            Sentence(
                N_("Correct the number; or, if the name has changed, correct it on that person's page.")
            ),
        )

    def _owner(self, claim: Claim, owners: list[Subject]) -> Subject:
        for address in claim.addresses:
            owner = self._addresses.get(address)
            if owner and claim.name_key not in owner.name_keys:
                raise _of_another(address, owner.title)
        if len(owners) > 1:
            raise Contradiction(
                "email",
                "; ".join(claim.addresses),
                Sentence(
                    N_("These addresses belong to two people: %(one)s and %(other)s."),
                    {"one": owners[0].title, "other": owners[1].title},
                ),
                Sentence(N_("Merge the two, or correct the address.")),
            )
        return owners[0]

    def _namesake(self, claim: Claim) -> tuple[Subject | None, list[Subject]]:
        """Find by name and employer; a name alone finds each bare record of that name once."""
        namesakes = self._names.get(claim.name_key, []) if claim.name_key else []
        if not (claim.number or claim.addresses or claim.employers):
            bare = [s for s in namesakes if not s.employers and not s.addresses and id(s) not in self._taken]
            self._taken.update(id(s) for s in bare[:1])
            return (bare[0] if bare else None), [] if bare else list(namesakes)
        same = [s for s in namesakes if s.employers & claim.employers]
        if claim.number and any(s.number for s in same):
            same = [s for s in same if not s.number]
        if len(same) > 1:
            raise Contradiction(
                "name",
                same[0].label,
                Sentence(
                    N_("Several people of this name work there: %(people)s."),
                    {"people": ", ".join(s.title for s in same)},
                ),
                Sentence(N_("Say which by a number or a mail address.")),
            )
        return (same[0], []) if same else (None, list(namesakes))

    def mark_bare(self, subject: Subject) -> None:
        """Let a record that a bare name has just made not be found by the next bare name."""
        self._taken.add(id(subject))


def _of_another(address: str, owner: str | Sentence) -> Contradiction:
    return Contradiction(
        "email",
        address,
        Sentence(N_("This address belongs to %(owner)s."), {"owner": owner}),
        Sentence(N_("Correct the address; or, if it is the same person, correct the name.")),
    )
