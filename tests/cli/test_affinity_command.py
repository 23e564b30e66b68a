"""`expertpool affinity`, as files and scripts see it."""

import json
from pathlib import Path

import pytest

EXPERTS = [
    {"id": "E2", "texts": ["数控机床检验"], "skills": ["ICS:25.080"]},
    {"id": "E,1", "texts": ["Image recognition", "图像识别"]},
    {"id": 3, "texts": None},
]
ITEMS = [{"id": "p2", "texts": ["图像识别"]}, {"id": "p1", "texts": ["数控机床", "检验"], "skills": None}]


def lines(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture
def affinity(run, tmp_path):
    """Run with EXPERTS and ITEMS unless other content is given."""

    def affinity_(*words, experts=None, items=None):
        names = []
        for name, given, usual in (("e.jsonl", experts, EXPERTS), ("i.jsonl", items, ITEMS)):
            content = lines(usual) if given is None else given
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
            names.append(str(tmp_path / name))
        return run(None, "affinity", "--experts", names[0], "--items", names[1], *words)

    return affinity_


def test_standard_output_is_every_pair_and_nothing_else(affinity):
    result = affinity()
    pairs = [line.rpartition(",") for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [pair for pair, _, _ in pairs] == ["p1,E2", "p1,3", 'p1,"E,1"', 'p2,"E,1"', "p2,3", "p2,E2"]
    assert [float(score) > 0 for _, _, score in pairs] == [True, False, False, True, False, False]
    assert {len(score) for _, _, score in pairs} == {len("0.123456")}
    assert result.stderr == "3 experts, 2 items: 6 scores.\n"


def test_best_keeps_so_many_and_a_file_takes_them(affinity, tmp_path):
    out = str(tmp_path / "s.csv")
    result = affinity("--best", "1", "--out", out)
    assert (result.exit_code, result.stdout) == (0, "")
    assert [line.rpartition(",")[0] for line in Path(out).read_text().splitlines()] == ["p1,E2", 'p2,"E,1"']


def test_what_it_writes_is_what_assign_reads(affinity, run, tmp_path):
    out = str(tmp_path / "s.csv")
    affinity("--out", out)
    result = run(None, "assign", "--scores", out, "--per-item", "1", "--max-per-reviewer", "1")
    assert result.exit_code == 0
    assert [line.rpartition(",")[0] for line in result.stdout.splitlines()] == ["p1,E2", 'p2,"E,1"']


def test_empty_files_are_no_fault(affinity):
    result = affinity(experts="", items="\n")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "0 experts, 0 items: 0 scores.\n")


def test_standard_input_may_be_one_of_the_files(run, tmp_path):
    (tmp_path / "i.jsonl").write_text(lines(ITEMS), encoding="utf-8")
    words = ("affinity", "--experts", "-", "--items", str(tmp_path / "i.jsonl"), "--best", "1")
    result = run(None, *words, input=lines(EXPERTS))
    assert [line.rpartition(",")[0] for line in result.stdout.splitlines()] == ["p1,E2", 'p2,"E,1"']
    assert run(None, "affinity", "--experts", "-", "--items", "-").exit_code == 2


def test_each_fault_of_a_file_is_a_line(affinity, tmp_path):
    bad = ['{"id": "a"}', "not json", "[1]", '{"id": "a"}', '{"id": true}', "{}", '{"id": "b", "texts": "t"}']
    out = tmp_path / "s.csv"
    result = affinity("--out", str(out), experts="\n".join(bad))
    name = tmp_path / "e.jsonl"
    assert (result.exit_code, result.stdout, out.exists()) == (1, "", False)
    assert result.stderr.splitlines() == [
        f"{name}, row 2, “not json”: a line is one JSON object.",
        f"{name}, row 3, “[1]”: a line is one JSON object.",
        f"{name}, row 4, “a”: this id stands in the file twice.",
        f"{name}, row 5, “true”: an id is a text or a whole number, and needed.",
        f"{name}, row 6, “null”: an id is a text or a whole number, and needed.",
        f"{name}, row 7, “t”: texts and skills are lists of texts.",
    ]


def test_other_encodings_are_refused(affinity):
    result = affinity(items='{"id": "甲"}'.encode("gb18030"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "This is no UTF-8 text." in result.stderr


def test_a_model_that_is_not_installed_is_named(affinity):
    result = affinity("--model", "sbert")
    assert (result.exit_code, result.stderr) == (1, "there is no model “sbert”; installed: -.\n")
