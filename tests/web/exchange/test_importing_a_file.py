import csv
import io

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.exchange.columns import Kind
from expertpool.exchange.models import BatchState, ImportBatch, ImportRow
from expertpool.people.models import Employment, Person
from tests.builders.people import make_person
from tests.web.counting import statements_of

GOOD = [["姓名", "邮箱"], ["周岚", "zhou@mail.example"], ["吴越", "wu@mail.example"]]
MIXED = [
    ["姓名", "邮箱", "工作单位", "房号"],
    ["周岚", "zhou@mail.example", "南湾大学", "12"],
    ["吴越", "无", "", ""],
    ["周岚", "zhou@mail.example", "", "12"],
    ["", "", "", ""],
]


def names(database):
    return database.scalars(sa.select(Person.name).order_by(Person.id)).all()


def test_a_file_is_shown_before_anything_is_written_and_then_comes_in(organiser, staged, database):
    address = staged(organiser, GOOD)
    page = organiser.get(address)
    assert page.status_code == 200
    assert "Experts: 2 rows, 2 come in" in page.text
    assert names(database) == []
    decide = organiser.get(f"{address}decide")
    assert "Bring in 2 rows" in decide.text
    done = organiser.post(f"{address}apply", follow_redirects=True)
    assert "The file is in" in done.text
    assert "2 came in, 0 changed, 0 left out." in done.text
    assert names(database) == ["周岚", "吴越"]
    entry = database.scalar(sa.select(AuditEntry).where(AuditEntry.event == "import.file-imported"))
    assert (entry.actor_id, entry.via) == (organiser.user_id, "web")


def test_the_preview_tells_rows_apart_and_filters_them_by_address(organiser, staged):
    address = staged(organiser, MIXED)
    whole = organiser.get(address).text
    assert "3 rows, 1 come in, 1 repeat others, 1 refused" in whole
    assert "2 read" not in whole
    assert "3 read, 1 kept as they are" in whole
    refused = organiser.get(f"{address}?show=refuse").text
    assert "This is no mail address." in refused
    assert "leave the cell empty." in refused
    assert "zhou@mail.example" not in refused
    repeated = organiser.get(f"{address}?show=repeat").text
    assert "repeats row 2" in repeated
    assert "blank" in organiser.get(f"{address}?show=skipped").text
    assert organiser.get(f"{address}?show=nonsense").status_code == 200


def test_changes_are_shown_old_and_new(organiser, staged, database):
    person = make_person(database, "周岚", addresses=("zhou@mail.example",), region="甲市")
    address = staged(organiser, [["姓名", "邮箱", "地区"], ["周岚", "zhou@mail.example", "乙市"]])
    page = organiser.get(f"{address}?show=change").text
    assert "甲市" in page
    assert "→ 乙市" in page
    organiser.post(f"{address}apply")
    database.refresh(person)
    assert person.region == "乙市"


def test_bad_rows_are_left_out_only_when_somebody_says_so(organiser, staged, database):
    address = staged(organiser, MIXED)
    silent = organiser.post(f"{address}apply")
    assert (silent.status_code, names(database)) == (400, [])
    assert "Choose what becomes of them." in silent.text
    stopped = organiser.post(f"{address}apply", data={"bad": "stop"})
    assert (stopped.status_code, names(database)) == (400, [])
    assert "1 rows can&#39;t come in" in stopped.text
    assert "Leave out 1 row and bring in 1" in stopped.text
    organiser.post(f"{address}apply", data={"bad": "skip"})
    assert names(database) == ["周岚"]


def test_the_report_of_bad_rows_can_be_corrected_and_imported(organiser, staged, database):
    address = staged(organiser, MIXED)
    report = organiser.get(f"{address}report.csv")
    assert "attachment" in report.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(report.get_data().decode("utf-8-sig"))))
    assert rows[0] == ["row", "column", "value", "problem", "remedy", "姓名", "邮箱", "工作单位", "房号"]
    assert [row[:3] + row[5:] for row in rows[1:]] == [["3", "邮箱", "无", "吴越", "无", "", ""]]
    rows[1][6] = "wu@mail.example"
    again = staged(organiser, rows)
    organiser.post(f"{again}apply")
    assert names(database) == ["吴越"]
    assert organiser.get(f"{address}report.xlsx").get_data()[:2] == b"PK"
    assert organiser.get(f"{address}report.pdf").status_code == 404


def test_who_may_be_known_is_decided_row_by_row(organiser, staged, database):
    known = make_person(database, "周岚", employer="青原大学", number="K1", region="甲市")
    rows = [["姓名", "邮箱", "工作单位"], ["周岚", "z@mail.example", "南湾大学"], ["郑一", "", ""]]
    address = staged(organiser, rows)
    page = organiser.get(f"{address}decide").text
    assert "is 周岚 (K1)" in page
    assert "1 is not decided and comes in as a new person" in page
    organiser.post(f"{address}people", data={"row-0": "999999"})
    assert "1 is not decided" in organiser.get(f"{address}decide").text
    organiser.post(f"{address}people", data={"row-0": str(known.id)})
    decided = organiser.get(f"{address}decide").text
    assert "All are decided." in decided
    assert "1 come in, 1 change" in decided
    assert "it is 周岚 (K1)" in organiser.get(f"{address}?show=possible").text
    organiser.post(f"{address}people", data={"row-0": "new"})
    assert "2 come in" in organiser.get(f"{address}decide").text
    organiser.post(f"{address}people", data={"row-0": str(known.id)})
    organiser.post(f"{address}apply")
    assert names(database) == ["周岚", "郑一"]
    works = database.scalars(sa.select(Employment.organisation_text).where(Employment.is_current)).all()
    assert works == ["南湾大学"]


def test_when_the_pool_has_changed_meanwhile_it_is_shown_anew(organiser, staged, database):
    address = staged(organiser, GOOD)
    make_person(database, "周岚", addresses=("zhou@mail.example",))
    answer = organiser.post(f"{address}apply", follow_redirects=True)
    assert "The pool has changed since this file was compared" in answer.text
    assert "2 rows, 1 come in, 1 known already" in answer.text
    assert names(database) == ["周岚"]
    organiser.post(f"{address}apply")
    assert names(database) == ["周岚", "吴越"]


def test_a_value_that_changed_meanwhile_is_shown_anew_too(organiser, staged, database):
    person = make_person(database, "周岚", addresses=("zhou@mail.example",), region="甲市")
    address = staged(organiser, [["姓名", "邮箱", "地区"], ["周岚", "zhou@mail.example", "乙市"]])
    person.region = "丙市"
    assert "has changed" in organiser.post(f"{address}apply", follow_redirects=True).text
    database.refresh(person)
    assert person.region == "丙市"


def test_a_column_is_read_as_another_field(organiser, staged, database):
    address = staged(organiser, [["姓名", "住地", "职称"], ["周岚", "甲市", "教授"]])
    both = {"column-0": "name", "column-1": "region", "column-2": "region"}
    refused = organiser.post(f"{address}columns", data=both, follow_redirects=True)
    assert "can&#39;t both be read as region" in refused.text
    lost = organiser.post(f"{address}columns", data={"column-1": "region"}, follow_redirects=True)
    assert "The column 姓名/name is missing." in lost.text
    unknown = {"column-0": "name", "column-1": "nonsense"}
    assert (
        "can&#39;t be read as"
        in organiser.post(f"{address}columns", data=unknown, follow_redirects=True).text
    )
    right = {"column-0": "name", "column-1": "region"}
    assert "2 read, 1 kept" in organiser.post(f"{address}columns", data=right, follow_redirects=True).text
    organiser.post(f"{address}apply")
    person = database.scalar(sa.select(Person))
    assert (person.name, person.region, person.title, person.extra) == (
        "周岚",
        "甲市",
        None,
        {"职称": "教授"},
    )


def test_a_name_column_with_another_header_is_named_with_the_file(organiser, upload, staged, database):
    rows = [["谁", "地区"], ["周岚", "甲市"]]
    refused = upload(organiser, rows)
    assert refused.status_code == 400
    assert "is a header with the column 姓名/name" in refused.text
    address = staged(organiser, rows, **{"column-name": "谁"})
    organiser.post(f"{address}apply")
    assert names(database) == ["周岚"]


def test_a_discarded_file_leaves_nothing(organiser, staged, database):
    address = staged(organiser, GOOD)
    answer = organiser.post(f"{address}discard", follow_redirects=True)
    assert "is discarded. Nothing of it came in." in answer.text
    assert database.scalar(sa.select(sa.func.count(ImportRow.id))) == 0
    assert "This file was discarded" in organiser.get(address).text
    assert organiser.get(f"{address}decide").status_code == 404
    assert organiser.get(f"{address}report.csv").status_code == 404
    assert "already" in organiser.post(f"{address}apply", follow_redirects=True).text
    assert names(database) == []


def test_a_file_that_says_nothing_new_offers_no_button(organiser, staged, database):
    organiser.post(f"{staged(organiser, GOOD)}apply")
    page = organiser.get(f"{staged(organiser, GOOD)}decide").text
    assert "There is nothing to bring in" in page
    assert "Bring in" not in page.replace("Bring it in", "")


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_the_example_of_each_kind_can_be_imported(organiser, staged, database, kind, extension):
    example = organiser.get(f"/import/examples/{kind}.{extension}").get_data()
    address = staged(organiser, example, kind=kind.value, name=f"example.{extension}")
    batch = database.scalar(sa.select(ImportBatch).order_by(ImportBatch.id.desc()))
    assert (batch.counts["rows"], batch.counts["refuse"]) == (2, 0)
    assert organiser.get(address).status_code == 200
    organiser.post(f"{address}apply")
    database.refresh(batch)
    assert batch.state is BatchState.APPLIED


def test_imports_of_late_are_listed_with_who_and_what(organiser, staged):
    organiser.post(f"{staged(organiser, GOOD, name='春季名册.csv')}apply")
    staged(organiser, MIXED, name="秋季名册.csv")
    page = organiser.get("/import/").text
    assert page.index("秋季名册.csv") < page.index("春季名册.csv")
    assert "waits for you" in page
    assert "came in" in page


def test_a_long_file_is_paged_with_a_constant_number_of_statements(app, organiser, staged):
    short = staged(organiser, [["姓名"], *([f"甲{n}"] for n in range(3))])
    long = staged(organiser, [["姓名"], *([f"乙{n}"] for n in range(230))])
    few = statements_of(app, lambda: organiser.get(short))
    many = statements_of(app, lambda: organiser.get(f"{long}?page=5"))
    assert few == many
    assert few <= 12
    page = organiser.get(f"{long}?page=5&show=create").text
    assert "201–230 of 230" in page
    assert "乙229" in page
    assert "乙199" not in page


def test_the_real_list_of_an_office_comes_in(organiser, staged, database, pool_folder):
    file = (pool_folder / "专家信息汇总表.xlsx").read_bytes()
    address = staged(organiser, file, name="专家信息汇总表.xlsx")
    assert "306 come in, 4 repeat others, 14 refused" in organiser.get(address).text
    organiser.post(f"{address}apply", data={"bad": "skip"})
    assert database.scalar(sa.select(sa.func.count(Person.id))) == 306
