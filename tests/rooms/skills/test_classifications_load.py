import csv
import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.errors import Invalid
from expertpool.skills.loading import SHIPPED, Edition, Loaded, load, load_shipped
from expertpool.skills.models import Skill, Taxonomy
from expertpool.skills.nodes import Node, read_nodes

SHARED = Path(os.environ.get("EXPERTPOOL_SHARED_DATA", "../shared/data")) / "taxonomies"
GBT = Edition("gbt4754", "国民经济行业分类", "Industrial classification", "2017")


def node(code, name_zh, parent=None, name_en=None):
    return Node(code, name_zh, name_en, parent, row=0)


def tree(session):
    rows = session.scalars(sa.select(Skill).order_by(Skill.code))
    return {row.code: (row.name_zh, row.path, row.retired_at is not None) for row in rows}


def test_nodes_are_loaded_below_their_parents_in_any_order(session, actor, now):
    nodes = [node("A011", "谷物种植", "A01"), node("A", "农业"), node("A01", "种植", "A")]
    assert load(session, GBT, nodes, actor=actor, now=now) == Loaded(3, 0, 0, 0)
    ids = dict(session.execute(sa.select(Skill.code, Skill.id)).all())
    a, b, c = ids["A"], ids["A01"], ids["A011"]
    assert tree(session) == {
        "A": ("农业", f"/{a}/", False),
        "A01": ("种植", f"/{a}/{b}/", False),
        "A011": ("谷物种植", f"/{a}/{b}/{c}/", False),
    }


def test_loading_again_changes_nothing_and_a_new_edition_keeps_ids(session, actor, now):
    first = [node("A", "农业", name_en="Farming"), node("A01", "种植", "A"), node("B", "采矿业")]
    load(session, GBT, first, actor=actor, now=now)
    ids = dict(session.execute(sa.select(Skill.code, Skill.id)).all())
    assert load(session, GBT, first, actor=actor, now=now) == Loaded(0, 0, 0, 3)
    second = [node("A", "农、林业"), node("A01", "种植", "A"), node("C", "制造业")]
    assert load(session, GBT, second, actor=actor, now=now) == Loaded(1, 1, 1, 1)
    c = session.scalar(sa.select(Skill.id).where(Skill.code == "C"))
    assert tree(session) == {
        "A": ("农、林业", f"/{ids['A']}/", False),
        "A01": ("种植", f"/{ids['A']}/{ids['A01']}/", False),
        "B": ("采矿业", f"/{ids['B']}/", True),
        "C": ("制造业", f"/{c}/", False),
    }
    assert session.get(Skill, ids["A"]).name_en == "Farming"
    assert load(session, GBT, first, actor=actor, now=now) == Loaded(0, 2, 1, 1)
    facts = session.scalars(sa.select(AuditEntry.facts).order_by(AuditEntry.id)).all()
    assert [(f["added"], f["changed"], f["retired"]) for f in facts] == [(3, 0, 0), (1, 1, 1), (0, 2, 1)]


@pytest.mark.parametrize("slug", sorted(SHIPPED))
def test_the_classifications_of_the_product_load_whole_and_once(session, actor, now, slug):
    done = load_shipped(session, slug, actor=actor, now=now)
    assert done.added == {"ics": 1381, "nsfc": 2916}[slug]
    assert load_shipped(session, slug, actor=actor, now=now) == Loaded(0, 0, 0, done.added)


def test_a_wide_classification_takes_as_many_statements_as_a_narrow_one(session, actor, now):
    sent = []
    connection = session.connection()
    sa.event.listen(connection, "before_cursor_execute", lambda *_rest: sent.append(1))
    counts = []
    for width in (2, 60):
        edition = Edition(f"wide{width}", "分类", "Classification", "1")
        nodes = [node("A", "甲"), *(node(f"A{number}", f"甲{number}", "A") for number in range(width))]
        sent.clear()
        load(session, edition, nodes, actor=actor, now=now)
        counts.append(len(sent))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("name", "count"), [("gbt4754-2017", 1971), ("gbt13745-2009", 800), ("sei-2018", 49), ("ccs", 24)]
)
def test_other_published_classifications_can_be_imported(session, actor, now, name, count):
    path = SHARED / f"{name}.csv"
    if not path.exists():
        pytest.skip("set EXPERTPOOL_SHARED_DATA to the folder with taxonomies/")
    with path.open(encoding="utf-8", newline="") as file:
        nodes = read_nodes(enumerate(csv.reader(file), 1))
    assert load(session, GBT, nodes, actor=actor, now=now).added == count


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["code", "name_zh"]], "This file has no rows."),
        (
            [["x"], ["1"]],
            "The first row must name the columns code, parent, name_zh or name_en; it is: x.",
        ),
        ([["code", "name_zh"], ["1", "甲"], ["1", "乙"]], "Code 1 stands in row 2 and again in row 3."),
        ([["code", "name_zh"], ["1", ""]], "Row 2, 1, has no name."),
        ([["code", "name_zh"], ["", "甲"]], "Row 2 has no code of 1 to 60 characters."),
        (
            [["代码", "名称", "上级代码"], ["1", "甲", "9"]],
            "Row 2: there is no 9 for 1 to stand below.",
        ),
        (
            [["code", "name_zh", "parent"], ["1", "甲", "2"], ["2", "乙", "1"]],
            "Row 2: 1 stands below itself.",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_its_row(rows, sentence):
    with pytest.raises(Invalid) as error:
        read_nodes(enumerate(rows, 1))
    assert str(error.value) == sentence


def test_numbers_of_a_spreadsheet_are_codes():
    assert read_nodes([(1, ["代码", "名称"]), (2, [110.0, "数学"])]) == [Node("110", "数学", None, None, 2)]


@pytest.mark.parametrize("slug", ["own", "GB T", "", "国标"])
def test_a_prefix_of_codes_is_small_letters_and_never_the_own_tree(session, actor, now, slug):
    with pytest.raises(Invalid):
        load(session, Edition(slug, "甲", "A"), [node("A", "甲")], actor=actor, now=now)
    assert session.scalars(sa.select(Taxonomy)).all() == []
