import contextlib
import csv
import io

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlalchemy.orm import Session

from expertpool.cli import export, import_
from expertpool.events import Actor
from expertpool.people.models import Person
from tests.builders.files import make_csv

GOOD = [["姓名", "邮箱"], ["周岚", "zhou@mail.example"], ["吴越", "wu@mail.example"]]
BAD = [*GOOD, ["郑一", "无"], ["", "x@mail.example"]]


class Stand:
    """Stands for `cli.Context`: sessions of the test's own database."""

    actor = Actor(user_id=None, label="expertpool", via="cli")

    def __init__(self, engine):
        self.engine = engine

    @contextlib.contextmanager
    def session(self):
        with Session(self.engine) as session:
            yield session
            session.commit()


@pytest.fixture
def run(empty_engine, monkeypatch):
    monkeypatch.setenv("EXPERTPOOL_LOCALE", "en")

    def invoke(command, *args, **options):
        return CliRunner().invoke(command, [str(a) for a in args], obj=Stand(empty_engine), **options)

    return invoke


@pytest.fixture
def people(empty_engine):
    def names():
        with Session(empty_engine) as session:
            return session.scalars(sa.select(Person.name).order_by(Person.id)).all()

    return names


@pytest.fixture
def write(tmp_path):
    def make(rows, name="专家.csv"):
        (tmp_path / name).write_bytes(make_csv(rows))
        return tmp_path / name

    return make


def test_a_good_file_comes_in_and_twice_changes_nothing(run, people, write):
    file = write(GOOD)
    first = run(import_.command, "experts", file)
    assert (first.exit_code, first.stderr) == (0, "")
    assert "2 rows; 2 new, 0 changed" in first.stdout
    assert people() == ["周岚", "吴越"]
    assert "0 new, 0 changed, 2 known already" in run(import_.command, "experts", file).stdout


def test_a_bad_row_stops_the_file_with_one_line_a_fault_and_a_report(run, people, write, tmp_path):
    report = tmp_path / "report.csv"
    result = run(import_.command, "experts", write(BAD), "--report", report)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "专家.csv, row 4, column 邮箱, “无”: This is no mail address. Write one like name@example.org,"
        " or leave the cell empty.",
        "专家.csv, row 5, column 姓名: 姓名 is missing. Fill it in, or delete the row.",
    ]
    assert "Nothing was written" in result.stdout
    assert people() == []
    rows = list(csv.reader(io.StringIO(report.read_text(encoding="utf-8"))))
    assert rows[0] == ["row", "column", "value", "problem", "remedy", "姓名", "邮箱"]
    assert [(row[0], row[1], row[2], *row[5:]) for row in rows[1:]] == [
        ("4", "邮箱", "无", "郑一", "无"),
        ("5", "姓名", "", "", "x@mail.example"),
    ]


def test_good_rows_come_in_when_bad_ones_are_skipped(run, people, write):
    result = run(import_.command, "experts", write(BAD), "--skip-bad-rows")
    assert (result.exit_code, len(result.stderr.splitlines())) == (0, 2)
    assert people() == ["周岚", "吴越"]


def test_nothing_good_to_write_is_a_failure(run, people, write):
    file = write([["姓名", "邮箱"], ["周岚", "无"]])
    assert run(import_.command, "experts", file, "--skip-bad-rows").exit_code == 1
    assert people() == []


def test_a_dry_run_writes_nothing(run, people, write):
    result = run(import_.command, "experts", write(GOOD), "--dry-run")
    assert (result.exit_code, people()) == (0, [])
    assert run(import_.command, "experts", write(BAD), "--dry-run").exit_code == 1


def test_a_file_that_is_no_table_is_one_line_without_traceback(run, tmp_path):
    (tmp_path / "x.xls").write_bytes(b"<html><table></table></html>")
    result = run(import_.command, "experts", tmp_path / "x.xls")
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    assert "web page" in result.stderr


def test_standard_input_and_output_can_be_used(run, people):
    result = run(import_.command, "experts", "-", "--map", "谁=name", input=make_csv([["谁"], ["周岚"]]))
    assert (result.exit_code, people()) == (0, ["周岚"])
    out = run(export.command, "experts", "-")
    assert out.stdout.startswith("编号,姓名,")
    assert "E0001,周岚," in out.stdout
    assert run(import_.command, "experts", "-", input=out.stdout_bytes).exit_code == 0
    assert people() == ["周岚"]


def test_wrong_usage_exits_2(run, write):
    assert run(import_.command, "nonsense", write(GOOD)).exit_code == 2
    assert run(import_.command, "experts", write(GOOD), "--map", "x").exit_code == 2
    assert run(export.command, "experts", "-", "--where", "x").exit_code == 2


def test_experts_are_exported_by_skill(run, write, tmp_path):
    run(import_.command, "experts", write([["姓名", "专业领域"], ["周岚", "计量；储能"], ["吴越", "计量"]]))
    target = tmp_path / "out.csv"
    assert run(export.command, "experts", target, "--where", "skill=储能").exit_code == 0
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"))))
    assert [row["姓名"] for row in rows] == ["周岚"]
