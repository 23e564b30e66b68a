"""`expertpool assign`, as files and scripts see it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCORES = "p1,甲,0.9\np1,乙,0.8\np1,丙,0.1\np2,甲,0.7\np2,乙,0.6\np2,丙,0.2\n"


@pytest.fixture
def file(tmp_path):
    """Write a file and return its name: `file("s.csv", text)`."""

    def write(name, content=None):
        if content is not None:
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(tmp_path / name)

    return write


@pytest.fixture
def assign(run, file):
    """Assign with SCORES unless others are given; two reviewers an item."""

    def assign_(*words, scores=SCORES, per_item="2", input=None):
        given = ("assign", "--scores", file("s.csv", scores), "--per-item", per_item)
        return run(None, *given, *words, input=input)

    return assign_


def test_standard_output_is_the_assignment_by_id_and_nothing_else(assign):
    result = assign()
    assert (result.exit_code, result.stdout) == (0, "p1,乙,0.8\np1,甲,0.9\np2,乙,0.6\np2,甲,0.7\n")
    assert result.stderr == "4 pairs; total 3, at most 3; worst item 1.3.\n"


def test_loads_locks_and_bans_hold(assign, file):
    result = assign(
        *("--constraints", file("c.csv", "p1,甲,-1\np1,丙,1\np2,乙,0\n")),
        *("--loads", file("l.csv", "乙,1\n")),
        *("--min-per-reviewer", "1", "--max-per-reviewer", "2"),
    )
    assert (result.exit_code, result.stdout) == (0, "p1,丙,0.1\np1,乙,0.8\np2,丙,0.2\np2,甲,0.7\n")


def test_empty_constraints_and_loads_mean_none(assign, file):
    result = assign("--constraints", file("c.csv", ""), "--loads", file("l.csv", "\n"))
    assert (result.exit_code, result.stdout) == (0, assign().stdout)


def test_several_score_files_are_weighed(run, file):
    words = ("assign", "--scores", file("a.csv", "p,x,1\np,y,0.5\n"), file("b.csv", "p,y,1\n"))
    result = run(None, *words, "--weights", "1", "-1", "--per-item", "1")
    assert (result.exit_code, result.stdout) == (0, "p,x,1.0\n")
    result = run(None, *words, "--weights", "1", "0.6", "--per-item", "1")
    assert (result.exit_code, result.stdout) == (0, "p,y,1.1\n")


def test_a_pair_without_a_score_is_assigned_unless_forbidden(assign):
    scores = "p1,a,0.5\np2,a,0.5\np2,b,0.4\n"
    result = assign("--max-per-reviewer", "2", scores=scores)
    assert (result.exit_code, result.stdout) == (0, "p1,a,0.5\np1,b,0.0\np2,a,0.5\np2,b,0.4\n")
    result = assign("--scored-pairs-only", scores=scores)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "The round can't be filled.",
        "“p1”: 1 of 2 seats stay empty; 1 reviewers may review it.",
    ]


def test_a_round_that_can_not_be_filled_names_what_falls_short(assign, file):
    report = file("r.json")
    result = assign("--max-per-reviewer", "1", "--report", report)
    assert (result.exit_code, result.stdout, Path(report).exists()) == (1, "", False)
    lines = result.stderr.splitlines()
    assert lines[:2] == [
        "The round can't be filled.",
        "4 seats are to be filled, but the reviewers may take only 3 items in all.",
    ]
    assert lines[2].partition(": ")[2] == (
        "1 of 2 seats stay empty: with 1 other items it depends on the same 3 reviewers, "
        "who may take 3 items in all."
    )
    result = assign("--constraints", file("c.csv", "p1,甲,1\np1,乙,1\np1,丙,1\n"))
    assert result.stderr.splitlines()[1:] == ["“p1”: 3 reviewers are locked to it, but it has 2 seats."]
    result = assign("--min-per-reviewer", "2", "--max-per-reviewer", "2")
    assert (result.exit_code, result.stderr.splitlines()[1]) == (
        1,
        "the reviewers must take 6 items in all, but there are only 4 seats.",
    )


def test_who_may_not_sit_together_does_not(assign, file):
    couples = file("t.csv", "乙,甲\n甲,乙\n")
    assert assign("--no-together", couples).stdout == "p1,丙,0.1\np1,甲,0.9\np2,丙,0.2\np2,甲,0.7\n"
    employers = ("--employers", file("e.csv", "甲,Q\n乙,Q\n丙,R\n"), "--max-per-employer", "1")
    assert assign(*employers).stdout == assign("--no-together", couples).stdout
    regions = ("--regions", file("g.csv", "甲,东\n乙,东\n丙,东\n"), "--max-per-region", "1")
    result = assign(*regions)
    assert (result.exit_code, result.stderr.splitlines()) == (
        1,
        [
            "The round can't be filled.",
            "“p1”: 1 of 2 seats stay empty because of who may not sit together.",
            "“p2”: 1 of 2 seats stay empty because of who may not sit together.",
        ],
    )


def test_the_report_has_what_is_promised(assign, file):
    assert assign("--max-per-reviewer", "2", "--alternates", "2", "--report", file("r.json")).exit_code == 0
    report = json.loads(Path(file("r.json")).read_text("utf-8"))
    seconds = report.pop("seconds")
    assert sorted(seconds) == ["alternates", "best"]
    assert report == {
        "items": 2,
        "reviewers": 3,
        "assigned": 4,
        "objective": 3.0,
        "bound": pytest.approx(3.0),
        "gap": pytest.approx(0, abs=1e-9),
        "optimal": True,
        "smallest": pytest.approx(1.3),
        "loads": {"min": 0, "max": 2, "gini": pytest.approx(1 / 3)},
        "quantiles": {
            "0": pytest.approx(1.3),
            "0.05": pytest.approx(1.32),
            "0.25": pytest.approx(1.4),
            "0.5": pytest.approx(1.5),
            "0.75": pytest.approx(1.6),
            "0.95": pytest.approx(1.68),
            "1": pytest.approx(1.7),
        },
        "alternates": {
            "p1": [{"reviewer": "丙", "score": 0.1}],
            "p2": [{"reviewer": "丙", "score": 0.2}],
        },
        "mode": "best",
        "seed": 0,
    }


def test_fair_serves_the_worst_item_first(run, file):
    scores = file("s.csv", "a,x,1\na,y,0.5\nb,x,0.6\nb,y,0\n")
    words = ("assign", "--scores", scores, "--per-item", "1", "--max-per-reviewer", "1")
    assert run(None, *words).stdout == "a,y,0.5\nb,x,0.6\n"
    scores = file("s.csv", "a,x,1\na,y,0.5\nb,x,0.6\nb,y,0.2\n")
    assert run(None, *words).stdout == "a,x,1.0\nb,y,0.2\n"
    result = run(None, *words, "--mode", "fair", "--report", file("r.json"))
    assert result.stdout == "a,y,0.5\nb,x,0.6\n"
    report = json.loads(Path(file("r.json")).read_text("utf-8"))
    assert (report["smallest"], report["smallest_bound"], report["optimal"]) == (0.5, 0.5, True)


def test_random_is_the_same_for_the_same_seed_and_differs_for_others(assign, file):
    words = ("--mode", "random", "--max-probability", "0.7", "--report", file("r.json"))
    drawn = {seed: assign(*words, "--seed", str(seed)).stdout for seed in range(12)}
    assert drawn == {seed: assign(*words, "--seed", str(seed)).stdout for seed in range(12)}
    assert len(set(drawn.values())) > 1
    report = json.loads(Path(file("r.json")).read_text("utf-8"))
    assert sorted(report["random"]) == [
        "entropy",
        "expected",
        "expected_bound",
        "l2",
        "largest",
        "mean_largest",
        "support",
    ]
    assert report["random"]["largest"] == pytest.approx(0.7)


def test_too_much_to_ask_of_random_fails_in_one_line(assign):
    result = assign("--mode", "random", "--max-probability", "0.7", "--quality", "0.99")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == ("with a probability of at most 0.7, 0.7600 of the best total can be kept.\n")
    result = assign("--mode", "random", "--max-probability", "0.5")
    assert result.stderr == (
        "with a probability of at most 0.5 the round can't be filled: 2 items stay short.\n"
    )


def test_wrong_rows_are_named(assign, file):
    result = assign(
        scores="p1,a,0.5\np1,a,0.6\np1,b\np2,b,x\np2,,1\np3,c,inf\n",
    )
    name = file("s.csv")
    cells = "write 3 cells in a row, none empty."
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        f"{name}, row 2, “p1,a”: this pair stands in the file twice.",
        f"{name}, row 3, “p1,b”: {cells}",
        f"{name}, row 4, “x”: a score is a number.",
        f"{name}, row 5, “p2,,1”: {cells}",
        f"{name}, row 6, “inf”: a score is a number.",
    ]
    result = assign("--constraints", file("c.csv", "p1,甲,2\n"), "--out", file("a.csv"))
    assert result.stderr == (
        f"{file('c.csv')}, row 1, “2”: a constraint is -1 (forbidden), 1 (locked) or 0.\n"
    )
    assert not Path(file("a.csv")).exists()
    assert "a load is a whole number" in assign("--loads", file("l.csv", "甲,-1\n")).stderr
    assert "apart from oneself" in assign("--no-together", file("t.csv", "甲,甲\n")).stderr
    assert assign(scores="").stderr == f"{name}: There is no score.\n"
    assert assign(scores=b"\xff\xff").exit_code == 1


def test_gb18030_and_a_byte_order_mark_are_read(assign):
    expected = assign().stdout
    assert assign(scores=SCORES.encode("gb18030")).stdout == expected
    assert assign(scores=SCORES.encode("utf-8-sig")).stdout == expected


def test_reviewers_that_only_have_a_load_are_told(assign, file):
    result = assign("--loads", file("l.csv", "甲,2\n丁,3\n"))
    assert result.exit_code == 0
    assert result.stderr.splitlines()[0] == (
        f"{file('l.csv')}: 1 reviewers have no score and no constraint and take no part: 丁."
    )


@pytest.mark.parametrize(
    "words",
    [
        ("--mode", "random"),
        ("--quality", "0.9"),
        ("--mode", "fair", "--max-probability", "0.5"),
        ("--mode", "worst"),
        ("--mode", "random", "--quality", "1.5"),
        ("--weights", "1", "2"),
        ("--employers", "e.csv"),
        ("--max-per-region", "1"),
        ("--out", "-", "--report", "-"),
        ("--time-limit", "0"),
    ],
)
def test_wrong_usage_exits_2(assign, words):
    result = assign(*words)
    assert (result.exit_code, result.stdout) == (2, "")


def test_bytes_are_the_same_in_another_process_and_no_database_is_loaded(file):
    code = (
        "import sys\nfrom expertpool.cli import cli\n"
        "cli(sys.argv[1:], standalone_mode=False)\n"
        "print(sorted({'flask', 'sqlalchemy'} & set(sys.modules)))"
    )
    scores = "".join(f"p{i},r{j},{(i * 7 + j * 3) % 5 / 4}\n" for i in range(12) for j in range(8))
    words = ["assign", "--scores", file("s.csv", scores), "--per-item", "3", "--mode", "random"]
    words += ["--quality", "0.9", "--seed", "3"]

    def once(hash_seed):
        return subprocess.run(
            [sys.executable, "-c", code, *words],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"EXPERTPOOL_LOCALE": "en", "PYTHONHASHSEED": hash_seed},
        ).stdout

    first = once("1")
    assert first == once("2")
    assert first.endswith("[]\n")
    assert len(first.splitlines()) == 37
