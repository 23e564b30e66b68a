"""Who or what is compared: an expert or an item by its texts and skills."""

from __future__ import annotations

from dataclasses import dataclass

from expertpool.text.skills import is_code


@dataclass(frozen=True, slots=True)
class Profile:
    """An expert with one text for each work, or an item with its title and abstract.

    A skill is a name (数据安全) or a code after its taxonomy (ICS:25.040).
    """

    id: str
    texts: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()

    def works(self) -> list[str]:
        """Return the texts that say something, in an order of their own; if none, the skills' names."""
        texts = sorted(text for text in self.texts if text.strip())
        names = sorted(skill for skill in self.skills if not is_code(skill))
        return texts or ["\n".join(names)] * bool(names)
