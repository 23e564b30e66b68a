"""`expertpool draw` and `expertpool draw verify`, as files and scripts see them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from expertpool.draws import parties
from expertpool.draws.announcing import commit
from expertpool.draws.plan import Recusal
from expertpool.draws.record import WITHHELD, Report, reveal
from tests.builders.draws import NOW, sealed_announcement

NAMES = (
    "John,Mary,Bashful,Dopey,Sleepy,Grouchy,Doc,Sneazy,Handsome,Cassandra,Pollyanna,Pendragon,Pandora,Faith,"
    "Hope,Charity,Lee,Longsuffering,Chastity,Smith,Pride,Sloth,Envy,Anger,Kasczynski"
)
POOL = tuple(NAMES.split(","))
SOURCES = "9319\n2 5 12 8 10\n9 18 26 34 41 45\n"
TEN = ["Lee", "Doc", "Mary", "Charity", "Kasczynski", "Envy", "Sneazy", "Anger", "Chastity", "Pandora"]


@pytest.fixture
def files(tmp_path):
    """Write the RFC's example; return what names a file of it."""
    (tmp_path / "pool.txt").write_text("\n".join(POOL) + "\n", "utf-8")
    (tmp_path / "sources.txt").write_text(SOURCES, "utf-8")
    return lambda name, text=None: _write(tmp_path / name, text)


def _write(path, text):
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


@pytest.fixture
def draw(run, files):
    """Draw with the RFC's files unless others are given: `draw(pick="3", pool="甲\\n")`."""

    def draw_(*more, pick="10", pool=None, sources=None, input=None):
        words = (
            "--pool",
            files("pool.txt", pool),
            "--sources",
            files("sources.txt", sources),
            "--pick",
            pick,
        )
        return run(None, "draw", *words, *more, input=input)

    return draw_


def test_standard_output_is_the_names_picked_by_the_rfc_and_nothing_else(draw):
    result = draw()
    assert (result.exit_code, result.stdout) == (0, "\n".join(TEN) + "\n")
    assert result.stderr == "Bits of entropy needed: 21.6; offered by the sources: 70.3 at most.\n"


def test_another_hash_is_another_draw(draw):
    assert draw("--hash", "md5").stdout == draw().stdout
    picked = draw("--hash", "sha256").stdout.split()
    assert (len(set(picked)), set(picked) <= set(POOL), picked == TEN) == (10, True, False)


def test_a_record_is_written_and_verifies(draw, run, files):
    assert draw("--out", files("record.json")).stdout == "\n".join(TEN) + "\n"
    data = json.loads(Path(files("record.json")).read_text("utf-8"))
    assert [seat["name"] for seat in data["picked"]] == TEN
    result = run(None, "draw", "verify", files("record.json"))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines()[0] == f"{files('record.json')} agrees: 10 picked."
    assert f"Commitment: {data['commitment']}" in result.stderr.splitlines()


def test_a_record_may_go_to_standard_output_and_come_from_standard_input(draw, run):
    text = draw("--out", "-").stdout
    assert [seat["name"] for seat in json.loads(text)["picked"]] == TEN
    assert run(None, "draw", "verify", "-", input=text).exit_code == 0


def test_a_changed_record_fails_with_a_line_for_each_part(draw, run, files):
    text = draw("--out", "-").stdout.replace('"name": "Lee"', '"name": "Eve"')
    result = run(None, "draw", "verify", files("record.json", text))
    assert (result.exit_code, result.stdout) == (1, "")
    assert [line.partition(": ")[2].split(" is ")[0] for line in result.stderr.splitlines()] == [
        "commitment",
        "sha256",
    ]
    data = json.loads(draw("--out", "-").stdout)
    data["picked"][0]["name"] = "Eve"
    result = run(None, "draw", "verify", files("record.json", json.dumps(data)))
    assert result.stderr == (
        f"{files('record.json')}: "
        'picked.0.name is "Eve" in the record, but "Lee" when the draw is repeated.\n'
    )


def test_a_record_is_held_against_the_published_commitment(draw, run, files):
    data = json.loads(draw("--out", "-").stdout)
    file = files("record.json", json.dumps(data))
    assert run(None, "draw", "verify", file, "--commitment", data["commitment"]).exit_code == 0
    result = run(None, "draw", "verify", file, "--commitment", "0" * 64)
    assert (result.exit_code, result.stderr) == (
        1,
        f"{file}: The announcement is not the one that was committed.\n",
    )


@pytest.mark.parametrize("content", ["", "{}", "[]", "no json", b"\xff\xfe"])
def test_a_file_that_is_no_record_fails_in_one_line(run, files, content):
    result = run(None, "draw", "verify", files("record.json", content))
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    assert result.stderr.startswith(files("record.json") + ": ")


def test_pool_and_sources_may_come_from_standard_input(run, files):
    words = ("--pool", "-", "--sources", files("sources.txt"), "--pick", "1")
    assert run(None, "draw", *words, input="\ufeff" + "\r\n".join(POOL)).stdout == "Lee\n"
    words = ("--pool", files("pool.txt"), "--sources", "-", "--pick", "1")
    assert run(None, "draw", *words, input=SOURCES).stdout == "Lee\n"


def test_descriptions_and_blank_lines_change_no_name(draw):
    described = (
        "# sources of the example\n\n9319 # turnover [0-99999]\n"
        "2 5 12 8 10 # [5 of 1-20]\n9 18 26 34 41 45 # lottery [6 of 1-49]\n\n"
    )
    result = draw(sources=described, pool="\n" + "\n\n".join(f"  {name} " for name in POOL))
    assert result.stdout.split() == TEN
    assert result.stderr == "Bits of entropy needed: 21.6; offered by the sources: 54.3.\n"


def test_too_little_entropy_and_text_are_warned_of(draw):
    result = draw(sources="7 # [0-9]\n")
    assert result.stderr.splitlines() == [
        "Bits of entropy needed: 21.6; offered by the sources: 3.3.",
        "Warning: the sources offer too little for every choice to be possible. Add sources.",
    ]
    result = draw(sources="Minnesota 4-1\n")
    assert result.stderr.splitlines()[1:] == [
        "Warning: a source is text, which RFC 3797 strongly advises against."
    ]


def test_every_wrong_line_of_the_sources_is_named(draw, files):
    result = draw(
        "--out", files("record.json"), sources="9319\n12,345\n# ok\n5 -3\n34 # [6 of 1-33]\n3 # [x]\n"
    )
    file = files("sources.txt")
    numbers = (
        "Write numbers like 12 or 3.5, without signs or separators and with spaces between them, "
        "or text from A to Z alone."
    )
    ranges = "Write the range as [1-49], [6 of 1-33] or [5 x 0-9], and what the source reported inside it."
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        f"{file}, row 2, “12,345”: “12,345” is no number. {numbers}",
        f"{file}, row 4, “5 -3”: “-3” is no number. {numbers}",
        f"{file}, row 5, “34”: “34” is not in the range 6 of 1-33. {ranges}",
        f"{file}, row 6, “3”: “x” is no range. {ranges}",
    ]
    assert not Path(files("record.json")).exists()


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"pool": "甲\n乙\n 甲\n", "pick": "1"},
            "pool.txt, row 3, “甲”: this name is in the pool already, in row 1. ",
        ),
        ({"pool": "甲\n乙\n", "pick": "3"}, "pool.txt, “3”: there are only 2 names in the pool. "),
        (
            {"pool": "李　明\n李 明\n", "pick": "1"},
            "pool.txt, row 2, “李 明”: this name is in the pool already, in row 1. ",
        ),
        ({"pool": "\n", "pick": "1"}, "pool.txt, “1”: there are only 0 names in the pool. "),
        ({"pool": b"\xd6\xd0\n", "pick": "1"}, "pool.txt: This is no UTF-8 text. "),
        ({"sources": "# none\n"}, "sources.txt: There is no source. "),
    ],
)
def test_wrong_input_is_one_line_with_its_place_and_remedy(draw, changes, line):
    result = draw(**changes)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (1, "", 1)
    assert line in result.stderr


def test_a_missing_file_is_named(run, files):
    words = ("--pool", files("none.txt"), "--sources", files("sources.txt"), "--pick", "1")
    result = run(None, "draw", *words)
    assert (result.exit_code, result.stderr) == (
        1,
        f"{files('none.txt')}: This file can't be used: No such file or directory.\n",
    )


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--pool", "p"),
        ("--pool", "p", "--sources", "s"),
        ("--pool", "p", "--sources", "s", "--pick", "0"),
        ("--pool", "p", "--sources", "s", "--pick", "x"),
        ("--pool", "p", "--sources", "s", "--pick", "1", "--hash", "crc32"),
        ("--pool", "-", "--sources", "-", "--pick", "1"),
        ("--pool", "p", "verify", "r"),
        ("verify",),
        ("frobnicate",),
    ],
)
def test_wrong_usage_exits_2(run, words):
    result = run(None, "draw", *words)
    assert (result.exit_code, result.stdout) == (2, "")


def test_names_come_out_as_they_were_written(draw):
    assert draw(pool="李　明\r\n", pick="1").stdout == "李　明\n"


def test_verify_names_who_withheld_a_secret_and_who_was_recused_late(run, files):
    record = reveal(
        commit(sealed_announcement(), now=NOW),
        (WITHHELD,) * 2 + (Report("6 1 3"),),
        (Recusal("甲2", "亲属"),),
    )
    result = run(None, "draw", "verify", files("record.json", json.dumps(record.data)))
    assert (result.exit_code, result.stderr.splitlines()[2:]) == (
        0,
        ["Secrets not opened in time: 监督员, 组织者.", "Recused only after the commitment: 甲2."],
    )


def test_everybody_may_be_picked(draw):
    assert sorted(draw(pick="25").stdout.split()) == sorted(POOL)


def test_the_command_loads_neither_flask_nor_a_database_nor_numbers(files):
    code = (
        "import sys\nfrom expertpool.cli import cli\n"
        "cli(sys.argv[1:], standalone_mode=False)\n"
        "print(sorted({'flask', 'sqlalchemy', 'numpy', 'scipy'} & set(sys.modules)))"
    )
    words = ["draw", "--pool", files("pool.txt"), "--sources", files("sources.txt"), "--pick", "1"]
    seen = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"EXPERTPOOL_LOCALE": "en"},
    )
    assert seen.stdout == "Lee\n[]\n"


def test_a_seal_is_made_off_the_server_and_fits_what_it_is_of(run):
    lines = dict(line.split() for line in run(None, "draw", "seal").stdout.splitlines())
    assert parties.seal(lines["salt"], lines["secret"]) == lines["seal"]
    own = dict(line.split() for line in run(None, "draw", "seal", "--secret", "35142").stdout.splitlines())
    assert own["secret"] == "35142"
    assert parties.seal(own["salt"], "35142") == own["seal"]
    assert own["salt"] != lines["salt"]
    refused = run(None, "draw", "seal", "--secret", "青蛙")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "1 to 64 letters A to Z and digits" in refused.stderr
