import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.skills import service
from expertpool.skills.models import Skill
from tests.builders.skills import make_skill, make_tag, make_taxonomy


def test_a_skill_is_found_by_code_and_by_name_in_both_languages(session):
    ics = make_taxonomy(session)
    top = make_skill(session, ics, "25", "机械制造", name_en="Manufacturing engineering")
    automation = make_skill(session, ics, "25.040", name_en="Industrial automation systems", parent=top)
    texts = {
        "ICS:25.040": automation.id,
        "ics:25.040": automation.id,
        "25.040": automation.id,
        "industrial  automation Systems": automation.id,
        "机械制造": top.id,
        "Manufacturing Engineering": top.id,
    }
    assert service.resolve(session, [*texts, "GBT4754:25.040", "机械"]) == texts


def test_codes_are_not_names(session):
    ics = make_taxonomy(session)
    skill = make_skill(session, ics, "01", "综合")
    assert service.resolve(session, [], ["01", "综合"]) == {"01": skill.id}


def test_a_bare_code_of_two_taxonomies_stands_for_neither(session):
    first = make_skill(session, make_taxonomy(session, "gbt4754"), "A01", "农业")
    make_skill(session, make_taxonomy(session, "nsfc"), "A01", "数学")
    assert service.resolve(session, ["A01", "gbt4754:A01"]) == {"gbt4754:A01": first.id}


def test_of_skills_with_one_name_the_own_tree_goes_first_then_the_higher_node(session):
    gbt = make_taxonomy(session, "gbt4754")
    above = make_skill(session, gbt, "A01", "谷物种植")
    make_skill(session, gbt, "A011", "谷物种植", parent=above)
    assert service.resolve(session, ["谷物种植"]) == {"谷物种植": above.id}
    tag = make_tag(session, "谷物种植")
    assert service.resolve(session, ["谷物种植"]) == {"谷物种植": tag.id}


def test_two_nodes_of_one_level_with_one_name_stand_for_neither(session):
    gbt = make_taxonomy(session, "gbt13745")
    for code, parent in (("11099", "数学"), ("12099", "力学")):
        make_skill(session, gbt, code, "其他学科", parent=make_skill(session, gbt, code[:3], parent))
    assert service.resolve(session, ["其他学科"]) == {}


def test_unknown_texts_become_tags_to_be_placed_and_are_found_afterwards(session, actor, now):
    texts = ["C++软件测试", "ISO/IEC 国际标准化", "C++", "C"]
    made = service.tag(session, [*texts, "c++软件 测试"], actor=actor, now=now)
    assert made["c++软件 测试"] == made["C++软件测试"]
    assert len({made[text] for text in texts}) == 4
    assert service.resolve(session, texts) == {text: made[text] for text in texts}
    skill = session.get_one(Skill, made["ISO/IEC 国际标准化"])
    assert (skill.name_zh, skill.name_en, skill.to_be_placed) == ("ISO/IEC 国际标准化", None, True)
    assert skill.path == f"/{skill.id}/"
    assert session.get_one(Skill, made["C++"]).name_en == "C++"


def test_tagging_twice_makes_and_records_nothing_new(session, actor, now):
    first = service.tag(session, ["数据安全"], actor=actor, now=now)
    assert service.tag(session, ["数据安全"], actor=actor, now=now) == first
    tagged = sa.select(AuditEntry.facts).where(AuditEntry.event == "taxonomy.skills-tagged")
    assert session.scalars(tagged).all() == [{"names": ["数据安全"]}]
