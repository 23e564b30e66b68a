"""What the compiled searches share: how functions are compiled, and numbers drawn at random."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np
from numba import njit, types

F = TypeVar("F", bound=Callable[..., Any])
Array: TypeAlias = Any
Random: TypeAlias = Any
Table: TypeAlias = Any
Place = tuple[int, int, int]
TYPES: dict[str, Any] = {
    "None": types.void,
    "bool": types.boolean,
    "int": types.int64,
    "float": types.float64,
    "Array": types.int64[::1],
    "Table": types.int64[:, ::1],
    "Random": types.uint64[::1],
    "Place": cast(Any, types.UniTuple)(types.int64, 3),
}
"""Types by how annotations are spelled: an array of whole numbers, a table of them, a generator's state."""


def compiled(function: F) -> F:
    """Compile without the interpreter's lock; keep the result on disk where a folder can be written.

    No such function makes an array. Without `_nrt` numba doesn't count references to those it is given, which
    took nine tenths of the time.
    """
    options: dict[str, Any] = {"nogil": True, "_nrt": False}
    _version_in_name(function)
    try:
        return cast(F, njit(cache=True, **options)(function))
    except RuntimeError:
        return cast(F, njit(**options)(function))


def typed(function: F) -> F:
    """Compile at once, for the types that the annotations name; else each constant argument compiles another.

    What a function calls must stand before it. Names of types are those in `TYPES`.
    """
    return _typed(function, inner=False)


def inner(function: F) -> F:
    """Compile the same way what only compiled functions call, in half the time; Python can't."""
    return _typed(function, inner=True)


def _typed(function: F, *, inner: bool) -> F:
    notes = dict(function.__annotations__)
    returned = TYPES[notes.pop("return")]
    signature = returned(*(TYPES[note] for note in notes.values()))
    options: dict[str, Any] = {"nogil": True, "_nrt": False}
    options |= {"no_cpython_wrapper": inner, "no_cfunc_wrapper": True}
    _version_in_name(function)
    try:
        return cast(F, njit(signature, cache=True, **options)(function))
    except RuntimeError:
        return cast(F, njit(signature, **options)(function))


def _version_in_name(function: Callable[..., Any]) -> None:
    """Name a function after the sources around it, so that other versions of what it calls are never used.

    numba keeps results by the file and the name of a function, and looks for changes in its own file only.
    """
    function.__qualname__ += "_" + _version(Path(function.__code__.co_filename).parent)


@cache
def _version(folder: Path) -> str:
    """Return a digest of the sources in a folder and of this one."""
    sources = [*sorted(folder.glob("*.py")), Path(__file__)]
    return sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]


def part(function: F) -> F:
    """Compile as a part of its callers: to pass all arrays would take longer than the work itself."""
    return cast(F, njit(inline="always")(function))


@part
def below(random: Array, limit: int) -> Any:
    """Draw a whole number from 0 to limit - 1 (xorshift64 of G. Marsaglia, its upper half)."""
    return np.int64(((draw(random) >> np.uint64(32)) * np.uint64(limit)) >> np.uint64(32))


@part
def fraction(random: Array) -> float:
    """Draw a number over 0, and at most 1."""
    return (np.float64(draw(random) >> np.uint64(11)) + 1.0) / 9007199254740992.0


@part
def draw(random: Array) -> Any:
    """Advance the generator, whose state is `random[0]` and never 0."""
    x = random[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    random[0] = x
    return x
