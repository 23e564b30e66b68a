"""The worked example of RFC 3797, section 6, and its table of entropy, section 3.3."""

import hashlib
import json
import math
import os
from pathlib import Path

import pytest

from expertpool.draws.entropy import needed
from expertpool.draws.rfc3797 import LIMIT, Hash, select, value, values
from expertpool.draws.sources import key
from expertpool.errors import Invalid

ROOT = Path(__file__).parents[3]
FILE = Path(os.environ.get("EXPERTPOOL_SHARED_DATA", ROOT.parent / "shared" / "data")) / "draws/vector.json"
KEY = "9319./2.5.8.10.12./9.18.26.34.41.45./"
ORDER = (17, 7, 2, 16, 25, 23, 8, 24, 19, 13)


@pytest.fixture(scope="module")
def vector():
    if not FILE.is_file():
        pytest.skip("The shared vector of RFC 3797 is not on this machine: set EXPERTPOOL_SHARED_DATA.")
    return json.loads(FILE.read_text("utf-8"))


def test_the_key_of_the_rfc():
    assert key(["9319", "2 5 12 8 10", "9 18 26 34 41 45"]) == KEY


def test_the_ten_selected_by_the_rfc():
    assert select(25, 10, KEY) == ORDER


def test_the_first_and_the_tenth_digest_of_the_rfc():
    assert (value(KEY, 0).digest, value(KEY, 9).digest) == (
        "990DD0A5692A029A98B5E01AA28F3459",
        "31CB111C4A4EBE9287CEAE16FE51B909",
    )


def test_all_25_draws_of_the_shared_vector(vector):
    size = len(vector["pool"])
    order = select(size, size, vector["key"])
    found = [
        {
            "i": index,
            "md5": value(vector["key"], index).digest,
            "div": size - index,
            "offset0": value(vector["key"], index).remainder(size - index),
            "selected_number": number,
            "name": vector["pool"][number - 1],
        }
        for index, number in enumerate(order)
    ]
    assert found == vector["steps"]


def test_the_key_and_names_of_the_shared_vector(vector):
    lines = [" ".join(map(str, each)) if isinstance(each, list) else str(each) for each in vector["inputs"]]
    assert key(lines) == vector["key"]
    numbers = select(len(vector["pool"]), vector["select"], key(lines))
    assert list(numbers) == vector["expected_first10"]
    assert [vector["pool"][number - 1] for number in numbers] == vector["expected_names"]


def test_the_entropy_table_of_the_shared_vector(vector):
    table = vector["entropy_table_section_3_3"]["select10_from"]
    assert {size: math.ceil(needed(int(size), 10)) for size in table} == table


@pytest.mark.parametrize(
    ("pool", "bits"),
    [(20, 18), (25, 22), (30, 25), (35, 28), (40, 30), (50, 34), (60, 37), (75, 40), (100, 44), (120, 47)],
)
def test_the_whole_bits_needed_for_ten_as_the_rfc_lists_them(pool, bits):
    assert math.ceil(needed(pool, 10)) == bits


def test_sha256_takes_the_whole_digest_as_one_number():
    digest = hashlib.sha256(b"\x00\x00" + KEY.encode() + b"\x00\x00").digest()
    assert select(25, 1, KEY, Hash.SHA256) == (int.from_bytes(digest, "big") % 25 + 1,)
    assert value(KEY, 0, Hash.SHA256).digest == digest.hex().upper()


def test_the_counter_has_two_bytes_with_the_high_one_first():
    digest = hashlib.md5(b"\x01\x02" + KEY.encode() + b"\x01\x02").hexdigest().upper()
    assert value(KEY, 0x0102).digest == digest


def test_a_key_gives_65536_values_and_then_says_so():
    stream = values("1./")
    assert sum(1 for _ in zip(range(LIMIT), stream, strict=False)) == 65_536
    with pytest.raises(Invalid, match="65536"):
        next(stream)


@pytest.mark.parametrize(("size", "count"), [(3, 4), (0, 1), (3, -1)])
def test_more_than_there_are_can_not_be_selected(size, count):
    with pytest.raises(Invalid, match=f"{count} can't be picked out of {size}"):
        select(size, count, KEY)


def test_all_or_none_may_be_selected():
    assert (sorted(select(5, 5, KEY)), select(5, 0, KEY), select(0, 0, KEY)) == ([1, 2, 3, 4, 5], (), ())
