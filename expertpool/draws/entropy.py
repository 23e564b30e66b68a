"""How much randomness a draw needs (RFC 3797, section 3.3), and how much its sources offer."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from expertpool.draws import sources
from expertpool.errors import N_, Invalid

RANGE = re.compile(
    r"(?:(?P<count>[1-9][0-9]{0,2}) *(?P<kind>of|x) *)?(?P<low>[0-9]{1,18}(\.[0-9]{1,9})?)"
    r" *- *(?P<high>[0-9]{1,18}(\.[0-9]{1,9})?)"
)


def needed(pool: int, seats: int) -> float:
    """Return the bits needed to choose `seats` out of `pool`: log2 of the number of choices."""
    return math.log2(math.comb(pool, seats)) if 0 <= seats <= pool else 0.0


@dataclass(frozen=True, slots=True)
class Range:
    """What a source can report: `count` numbers from `low` to `high`, in steps of `step`."""

    count: int
    distinct: bool
    low: Fraction
    high: Fraction
    step: Fraction

    @property
    def bits(self) -> float:
        """The min-entropy of one report, whose order is lost by sorting."""
        numbers = int((self.high - self.low) / self.step) + 1
        if self.distinct:
            return math.log2(math.comb(numbers, self.count))
        return max(0.0, self.count * math.log2(numbers) - math.log2(_likeliest(numbers, self.count)))

    def holds(self, reported: str) -> bool:
        """Tell whether what the source reported is possible."""
        words = reported.split()
        if len(words) != self.count or not all(map(sources.NUMBER.fullmatch, words)):
            return False
        numbers = [Fraction(sources.decimal(word) + "0") for word in words]
        possible = all(self.low <= n <= self.high and (n - self.low) % self.step == 0 for n in numbers)
        return possible and not (self.distinct and len(set(numbers)) < len(numbers))


def parse_range(text: str) -> Range:
    """Read "1-49" (one number), "6 of 1-49" (different ones), "5 x 0-9" (may repeat), "0.00-99.99"."""
    match = RANGE.fullmatch(text.strip())
    if not match:
        raise Invalid(N_("“%(value)s” is no range."), value=text)
    low, high = Fraction(match["low"]), Fraction(match["high"])
    places = max(len(match[side].partition(".")[2]) for side in ("low", "high"))
    made = Range(int(match["count"] or 1), match["kind"] != "x", low, high, Fraction(1, 10**places))
    if low > high or (made.distinct and made.count > (high - low) / made.step + 1):
        raise Invalid(N_("“%(value)s” is no range."), value=text)
    return made


@dataclass(frozen=True, slots=True)
class Offer:
    """Bits that sources offer: the most that is possible, unless `certain`, when all ranges are described."""

    bits: float
    certain: bool


def offered(reports: Sequence[tuple[str, str]]) -> Offer:
    """Return what sources offer, given what each reported and its described range ("" when unknown)."""
    bits = sum(parse_range(range_).bits if range_ else at_most(reported) for reported, range_ in reports)
    return Offer(bits, all(range_ for _, range_ in reports))


def at_most(reported: str) -> float:
    """Return the bits of a source at the very most, judged by how many digits or letters it reported."""
    canonical = sources.canonical(reported)
    if sources.is_text(reported):
        return (len(canonical) - len("./")) * math.log2(36)
    words = reported.split()
    possible = 10 ** max(len(sources.decimal(word).replace(".", "")) for word in words)
    return math.log2(math.comb(possible + len(words) - 1, len(words)))


def _likeliest(numbers: int, count: int) -> int:
    """Return in how many orders the likeliest sorted outcome can come."""
    each, more = divmod(count, numbers)
    ways: int = math.factorial(count)
    for times in [each + 1] * more + [each] * (numbers - more if each else 0):
        ways //= math.factorial(times)
    return ways
