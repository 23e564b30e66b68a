"""One text for one fact: canonical JSON, its SHA-256, and frozen dataclasses to and from plain data.

Canonical JSON: objects, arrays, strings, whole numbers, true, false, null; keys sorted by code point, no
white space, nothing escaped but what JSON must, UTF-8. For such data it is what RFC 8785 asks for.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from expertpool.errors import N_, Invalid

T = TypeVar("T")


def text(data: Any) -> str:
    """Return the canonical JSON of plain data."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256(data: Any) -> str:
    """Return the SHA-256 of the canonical JSON of plain data, in lower-case hexadecimal."""
    return hashlib.sha256(text(data).encode()).hexdigest()


def parse(content: str) -> Any:
    """Return the plain data of a JSON text; raises Invalid for what canonical JSON does not have."""
    try:
        data = json.loads(content, object_pairs_hook=_once, parse_float=_no_number, parse_constant=_no_number)
        text(data).encode()
    except (ValueError, RecursionError) as error:
        raise Invalid(N_("This is no JSON that a draw could have written.")) from error
    return data


def plain(value: Any) -> Any:
    """Return frozen dataclasses, tuples and mappings as plain data."""
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    return value.value if isinstance(value, StrEnum) else value


def build(cls: type[T], data: Any, place: str) -> T:
    """Return the frozen dataclass that `data` is the plain form of, no field more or less.

    Raises Invalid naming the place of what does not fit, such as "announcement.pool.3.name".
    """
    made: T = _build(cls, data, place)
    return made


def _build(shape: Any, data: Any, place: str) -> Any:
    if dataclasses.is_dataclass(shape):
        return _build_fields(shape, data, place)
    origin, inner = typing.get_origin(shape), typing.get_args(shape)
    if origin is tuple and isinstance(data, list):
        return tuple(_build(inner[0], each, f"{place}.{index}") for index, each in enumerate(data))
    if origin is Mapping and isinstance(data, dict):
        return {key: _build(inner[1], each, f"{place}.{key}") for key, each in data.items()}
    if origin is types.UnionType:
        return None if data is None else _build(inner[0], data, place)
    if isinstance(shape, type) and issubclass(shape, StrEnum):
        return shape(data) if data in list(shape) else _refuse(place)
    return data if type(data) is shape else _refuse(place)


def _build_fields(shape: Any, data: Any, place: str) -> Any:
    hints = _hints(shape)
    if not isinstance(data, dict) or data.keys() != hints.keys():
        _refuse(place)
    return shape(**{name: _build(hint, data[name], f"{place}.{name}") for name, hint in hints.items()})


@functools.cache
def _hints(shape: type) -> dict[str, Any]:
    return typing.get_type_hints(shape)


def _refuse(place: str) -> NoReturn:
    raise Invalid(N_("Field “%(place)s” has not the shape of a draw's record."), place=place)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key twice")
    return dict(pairs)


def _no_number(token: str) -> NoReturn:
    raise ValueError(token)
