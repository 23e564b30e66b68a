"""Skills in cells: split at slashes where that is safe, then find which are known."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy.orm import Session

from expertpool.exchange.tables import Record
from expertpool.skills import service as skills
from expertpool.skills.names import skill_key

LATIN = re.compile(r"[A-Za-z0-9\u00c0-\u024f+#]")
BREAKABLE = re.compile(rf"(?<!{LATIN.pattern})\s*/|/\s*(?!{LATIN.pattern})")
"""A slash that has not Latin on both sides."""


class Terms:
    """The skills that a file names: `split` gives the terms of a record, `ids` those that are known."""

    def __init__(self, session: Session, records: Iterable[Record]) -> None:
        records = list(records)
        whole = {term for record in records for term in record.values.get("skills", [])}
        codes = {code for record in records for code in record.values.get("skill_codes", [])}
        joined = {part for term in whole if "/" in term for part in _joined(term)}
        self.ids = skills.resolve(session, whole | joined | codes, codes)
        self._known = {skill_key(text) for text in self.ids} | {
            skill_key(term) for term in whole if not BREAKABLE.search(term)
        }
        self._whole = {skill_key(text) for text in self.ids}

    def split(self, record: Record) -> list[str]:
        """Return the terms and codes of a record, each once."""
        found: dict[str, None] = {}
        for term in record.values.get("skills", []):
            found.update(dict.fromkeys(self._split(term)))
        return list(found | dict.fromkeys(record.values.get("skill_codes", [])))

    def _split(self, term: str) -> list[str]:
        """Split at a slash unless the whole is known or a side is Latin.

        One Latin side does not hold on to the other when it is a term by itself, in the database or in
        another cell: 储能/C++软件测试 is two then, and ISO/IEC 国际标准化 is one always.
        """
        if "/" not in term or skill_key(term) in self._whole:
            return [term]
        parts = [part.strip() for part in term.split("/")]
        result: list[str] = []
        while parts:
            taken = self._longest_known(parts)
            result.append("/".join(parts[:taken]))
            parts = parts[taken:]
        return self._rejoined([part for part in result if part])

    def _longest_known(self, parts: list[str]) -> int:
        for count in range(len(parts), 1, -1):
            if skill_key("/".join(parts[:count])) in self._known:
                return count
        return 1

    def _rejoined(self, parts: list[str]) -> list[str]:
        result = parts[:1]
        for part in parts[1:]:
            latin = [
                each for each, end in ((result[-1], result[-1][-1]), (part, part[0])) if LATIN.match(end)
            ]
            if not latin or (len(latin) == 1 and skill_key(latin[0]) in self._known):
                result.append(part)
            else:
                result[-1] += f"/{part}"
        return result


def _joined(term: str) -> list[str]:
    """Return the parts of a term between slashes, alone and joined with their neighbours."""
    parts = [part.strip() for part in term.split("/")][:12]
    ends = range(1, len(parts) + 1)
    return ["/".join(parts[start:end]) for end in ends for start in range(end)]
