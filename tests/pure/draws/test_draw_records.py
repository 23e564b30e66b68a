"""Records: repeated by us and by a stranger, the same everywhere, and proof against tampering."""

import copy
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from expertpool.draws import canonical, record
from expertpool.draws.announcing import commit
from expertpool.draws.plan import Recusal
from expertpool.draws.record import WITHHELD, Report, reveal
from expertpool.errors import Invalid
from tests.builders.draws import NOW, SALTS, make_inputs, make_random_record, sealed_announcement

ROOT = Path(__file__).parents[3]
GOLDEN = Path(__file__).with_name("golden_record.json")
SCRIPT = re.search(r"```python\n(.*?)```", (ROOT / "docs/draws.md").read_text("utf-8"), re.S).group(1)


def reverified(data):
    """Return what verify says of plain data after a journey through JSON."""
    return [str(fault) for fault in record.verify(canonical.parse(json.dumps(data)))]


def signed(data):
    """Return the data with its own hashes put right, as a forger would."""
    data["commitment"] = canonical.sha256(data["announcement"])
    data["sha256"] = canonical.sha256({k: v for k, v in data.items() if k != "sha256"})
    return data


@pytest.mark.parametrize("seed", range(30))
def test_a_record_verifies(seed):
    assert reverified(make_random_record(seed).data) == []


def test_a_stranger_with_nothing_but_the_documents_script_agrees(tmp_path):
    script = tmp_path / "check.py"
    script.write_text(SCRIPT, "utf-8")
    committed = commit(sealed_announcement(), now=NOW)
    opened = (Report("FROG9", SALTS[0]), WITHHELD, Report("6 1 3"))
    records = [reveal(committed, opened), *(make_random_record(seed) for seed in range(11))]
    for number, made in enumerate(records):
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps(made.data, ensure_ascii=False), "utf-8")
        seen = subprocess.run(
            [sys.executable, "-I", "-X", "utf8", script, file],
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        assert seen.stdout.split("\n")[:-1] == list(made.picked)


def test_the_stranger_refuses_a_record_whose_draw_was_changed(tmp_path):
    data = copy.deepcopy(make_random_record(1).data)
    data["picked"].reverse()
    (tmp_path / "check.py").write_text(SCRIPT, "utf-8")
    (tmp_path / "record.json").write_text(json.dumps(signed(data)), "utf-8")
    seen = subprocess.run(
        [sys.executable, "-I", tmp_path / "check.py", tmp_path / "record.json"], capture_output=True
    )
    assert seen.returncode == 1


def test_a_record_is_the_same_to_the_byte_on_every_machine():
    made = make_random_record(4).data
    assert json.dumps(made, ensure_ascii=False, indent=1) + "\n" == GOLDEN.read_text("utf-8")


def leaves(value, path=()):
    """Yield the path of every leaf and of every container."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from leaves(each, (*path, key))


def at(data, path):
    for key in path:
        data = data[key]
    return data


def changed(value):
    """Return other values that a forger could put in place of `value`."""
    if isinstance(value, bool) or value is None:
        return ["2026-11-21T01:00:00Z"]
    if isinstance(value, int):
        return [value + 1, str(value), float(value)]
    if isinstance(value, str):
        return [value + "x", "", None, value + " "]
    if isinstance(value, list):
        return [value[::-1]] * (value != value[::-1]) + [value + value[:1] if value else ["x"], None]
    return [{**value, "more": "x"}, dict(list(value.items())[1:]) if value else {"a": 1}, None]


def forgeries(data):
    text = json.dumps(data)
    for path in list(leaves(data))[1:]:
        for other in changed(at(data, path)):
            forged = json.loads(text)
            at(forged, path[:-1])[path[-1]] = other
            if canonical.text(forged) != canonical.text(data):
                yield path, other, forged


def test_changing_any_field_is_found():
    data = make_random_record(3).data
    unnoticed = [(path, other) for path, other, forged in forgeries(data) if not record.verify(forged)]
    assert unnoticed == []


def test_changing_what_was_announced_is_found_even_when_the_forger_puts_all_hashes_right():
    data = make_random_record(0).data
    published = data["commitment"]
    unnoticed = [
        (path, other)
        for path, other, forged in forgeries(data)
        if path[0] == "announcement" and len(path) > 1
        if not record.verify(signed(forged), commitment=published)
    ]
    assert unnoticed == []


def test_changing_the_draw_is_found_even_when_the_forger_puts_all_hashes_right():
    data = make_random_record(0).data
    derived = {"withheld", "key", "steps", "picked", "alternates", "short", "commitment", "sha256"}
    unnoticed = [
        (path, other)
        for path, other, forged in forgeries(data)
        if path[0] in derived - {"commitment", "sha256"} and not record.verify(signed(forged))
    ]
    assert unnoticed == []


def test_verify_says_which_field_differs_and_how():
    data = copy.deepcopy(make_random_record(0).data)
    name = data["picked"][1]["name"]
    data["picked"][1]["name"] = "丙"
    assert reverified(data) == [
        f'picked.1.name is "丙" in the record, but "{name}" when the draw is repeated.'
    ]


def test_the_published_commitment_must_be_the_records():
    data = make_random_record(0).data
    assert record.verify(data, commitment=data["commitment"].upper() + "\n") == []
    assert [str(fault) for fault in record.verify(data, commitment="0" * 64)] == [
        "The announcement is not the one that was committed."
    ]


@pytest.mark.parametrize(
    "content",
    ["", "{", "[1.5]", "[NaN]", '{"a": 1, "a": 1}', '"\\ud800"', "[" * 100_000, "1" * 5000],
)
def test_what_is_no_canonical_json_is_refused(content):
    with pytest.raises(Invalid, match="no JSON that a draw could have written"):
        canonical.parse(content)


@pytest.mark.parametrize("data", [None, [], {}, "x", {"picked": []}, {"sha256": 1}])
def test_what_is_no_record_is_a_fault_and_no_crash(data):
    assert [str(fault)[:28] for fault in record.verify(data)] == ["This is no record of a draw:"]


def test_canonical_json_sorts_keys_and_escapes_only_what_it_must():
    assert canonical.text({"b": "é/\u007f\n\u0001", "a": [1, True, None, ""]}) == (
        '{"a":[1,true,null,""],"b":"é/\u007f\\n\\u0001"}'
    )


@pytest.mark.parametrize(
    ("overrides", "problem"),
    [
        ({"reports": ("9319",)}, "2 sources are announced, but 1 reported."),
        ({"reports": ("9319", "1 2 3 4 5 34")}, "“1 2 3 4 5 34” is not in the range 6 of 1-33."),
        ({"reports": ("x9", "1 2 3 4 5 33")}, "“x9” is not in the range 0-99999."),
        ({"committed_at": "yesterday"}, "“yesterday” is no time"),
        ({"committed_at": "2026-12-01T04:00:00Z"}, "must happen after 2026-12-01T04:00:00Z"),
        ({"late": [Recusal("丙", "亲属")]}, "“丙” is recused, but not exactly once in the pool."),
        ({"format": "x"}, "“x” is no known format"),
    ],
)
def test_wrong_inputs_are_refused(overrides, problem):
    with pytest.raises(Invalid, match=problem):
        record.make(make_inputs(**overrides))
