import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.errors import Invalid, Stale
from expertpool.items.models import Item, ItemSkill
from expertpool.skills import queries, service, suggesting, tree
from expertpool.skills.models import Skill
from tests.builders.skills import make_skill, make_tag, make_taxonomy


def make(session, actor, now, name, parent=None):
    return tree.create(session, name_zh=name, parent=parent, actor=actor, now=now)


def paths(session):
    query = sa.select(Skill.name_zh, Skill.path).order_by(Skill.id)
    ids = dict(session.execute(sa.select(Skill.id, Skill.name_zh)).all())
    return {
        name: "/".join(ids[int(part)] for part in path.strip("/").split("/"))
        for name, path in session.execute(query)
    }


def test_a_tag_moves_with_all_below_it(session, actor, now):
    a = make(session, actor, now, "材料")
    b = make(session, actor, now, "金属", a)
    make(session, actor, now, "轴承钢", b)
    d = make(session, actor, now, "机械")
    tree.change(session, b, name_zh="金属", name_en=None, code=None, parent=d, actor=actor, now=now)
    assert paths(session) == {
        "材料": "材料",
        "金属": "机械/金属",
        "轴承钢": "机械/金属/轴承钢",
        "机械": "机械",
    }
    changes = session.scalars(
        sa.select(AuditEntry.facts).where(AuditEntry.event == "skill.skill-changed")
    ).all()
    assert changes == [{"skill": "金属", "changes": {"parent_id": [a.id, d.id]}}]


def test_a_tag_cannot_stand_below_itself(session, actor, now):
    a = make(session, actor, now, "材料")
    b = make(session, actor, now, "金属", a)
    with pytest.raises(Invalid) as error:
        tree.change(session, a, name_zh="材料", name_en=None, code=None, parent=b, actor=actor, now=now)
    assert error.value.field == "parent"


def test_names_and_codes_stand_once_in_the_tree(session, actor, now):
    tree.create(session, name_zh="材料", code="M1", actor=actor, now=now)
    for wrong, field in (
        ({"name_zh": "材 料"}, "name_zh"),
        ({"name_zh": "化工", "code": "M1"}, "code"),
        ({"name_zh": ""}, "name_zh"),
    ):
        with pytest.raises(Invalid) as error:
            tree.create(session, **wrong, actor=actor, now=now)
        assert error.value.field == field


def test_a_stale_change_is_refused(session, actor, now):
    tag = make(session, actor, now, "材料")
    with pytest.raises(Stale):
        tree.change(
            session, tag, name_zh="料", name_en=None, code=None, parent=None, version=0, actor=actor, now=now
        )


def test_published_skills_are_changed_by_import_only(session, actor, now):
    skill = make_skill(session, make_taxonomy(session), "25", "机械制造")
    for verb in (tree.retire, tree.bring_back, tree.place):
        with pytest.raises(Invalid):
            verb(session, skill, actor=actor, now=now)


def test_a_tag_with_others_below_it_is_not_retired(session, actor, now):
    a = make(session, actor, now, "材料")
    b = make(session, actor, now, "金属", a)
    with pytest.raises(Invalid):
        tree.retire(session, a, actor=actor, now=now)
    tree.retire(session, b, actor=actor, now=now)
    tree.retire(session, a, actor=actor, now=now)
    tree.bring_back(session, a, actor=actor, now=now)
    assert (a.retired_at, b.retired_at) == (None, now)


def test_a_merged_tag_leads_to_the_other_and_takes_along_what_wants_it(session, actor, now):
    old, new = make_tag(session, "轴承技术"), make(session, actor, now, "轴承")
    make(session, actor, now, "滚动轴承", old)
    items = [Item(number=f"I{n}", title="t", created_at=now, updated_at=now) for n in (1, 2)]
    items[0].skills = [ItemSkill(skill_id=old.id)]
    items[1].skills = [ItemSkill(skill_id=old.id), ItemSkill(skill_id=new.id)]
    session.add_all(items)
    session.flush()
    assert tree.merge(session, old, new, actor=actor, now=now) == {"item_skills.skill_id": 1}
    assert [[each.skill_id for each in item.skills] for item in items] == [[new.id], [new.id]]
    assert service.resolve(session, ["轴承技术"]) == {"轴承技术": new.id}
    assert service.tag(session, ["轴承技术"], actor=actor, now=now) == {"轴承技术": new.id}
    assert paths(session)["滚动轴承"] == "轴承/滚动轴承"
    for into in (new, old):
        with pytest.raises(Invalid):
            tree.merge(session, new, into, actor=actor, now=now)


def test_tags_wait_with_suggestions_until_they_are_placed(session, actor, now):
    ics = make_taxonomy(session)
    exact = make_skill(session, ics, "35.030", "数据安全")
    near = make_skill(session, ics, "35.040", "数据安全技术")
    make_skill(session, ics, "21.100", "轴承")
    tag = make_tag(session, "数据安全")
    english = make_skill(session, ics, "35.080", "软件", name_en="Software testing")
    other = make_tag(session, "software  Testing")
    assert session.scalars(queries.to_be_placed()).all() == [other, tag]
    found = suggesting.suggest(session, [tag, other])
    assert [(each.skill.id, each.likeness) for each in found[tag.id]] == [(exact.id, 100), (near.id, 90)]
    assert found[other.id][0] == suggesting.Suggestion(english, 100)
    tree.place(session, tag, same_as=exact, actor=actor, now=now)
    tree.place(session, other, below=tag, actor=actor, now=now)
    assert session.scalars(queries.to_be_placed()).all() == []
    assert other.path == f"/{tag.id}/{other.id}/"
    with pytest.raises(Invalid):
        tree.place(session, other, same_as=tag, actor=actor, now=now)


def test_a_search_finds_codes_and_names_of_both_languages_exact_ones_first(session):
    ics = make_taxonomy(session)
    top = make_skill(session, ics, "21", "机械系统", name_en="Mechanical systems")
    rolling = make_skill(session, ics, "21.100.20", "滚动轴承", name_en="Rolling bearings", parent=top)
    bearings = make_skill(session, ics, "21.100", "轴承", name_en="Bearings", parent=top)
    make_skill(session, ics, "25", "机械制造")
    for text in ("轴承", "BEARINGS", "21.100", "ics:21.100"):
        assert session.scalars(queries.search(text)).all() == [bearings, rolling]
    assert session.scalars(queries.search("100%")).all() == []


def test_levels_hold_what_stands_right_below_in_order(session, actor, now):
    ics = make_taxonomy(session)
    second = make_skill(session, ics, "25", "机械制造")
    first = make_skill(session, ics, "21", "机械系统")
    make_skill(session, ics, "21.100", "轴承", parent=first)
    assert queries.level(session, ics.id, None) == [queries.Branch(first, 1), queries.Branch(second, 0)]
    make_tag(session, "待定")
    counted = [(row.taxonomy.slug, row.skills, row.to_be_placed) for row in queries.taxonomies(session)]
    assert counted == [("own", 0, 1), ("ics", 3, 0)]
