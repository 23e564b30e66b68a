from expertpool.skills import queries, tree
from tests.builders.skills import make_skill, make_tag, make_taxonomy


def test_a_skill_is_satisfied_by_itself_and_all_below_it_but_not_by_those_above(session):
    ics = make_taxonomy(session)
    top = make_skill(session, ics, "25", "机械制造")
    middle = make_skill(session, ics, "25.040", "工业自动化", parent=top)
    below = make_skill(session, ics, "25.040.30", "工业机器人", parent=middle)
    beside = make_skill(session, ics, "25.060", "机床", parent=top)
    assert queries.expand(session, [middle.id, below.id, top.id]) == {
        middle.id: {middle.id, below.id},
        below.id: {below.id},
        top.id: {top.id, middle.id, below.id, beside.id},
    }
    assert queries.expand(session, []) == {}


def test_what_means_the_same_satisfies_both_ways_with_what_stands_below(session, actor, now):
    ics = make_taxonomy(session)
    top = make_skill(session, ics, "25", "机械制造")
    robots = make_skill(session, ics, "25.040.30", "工业机器人", parent=top)
    arms = make_skill(session, ics, "25.040.31", "机械臂", parent=robots)
    tag = make_tag(session, "机器人")
    below = tree.create(session, name_zh="协作机器人", parent=tag, actor=actor, now=now)
    other = make_tag(session, "机器人学")
    tree.place(session, tag, same_as=robots, actor=actor, now=now)
    everything = {robots.id, arms.id, tag.id, below.id}
    assert queries.expand(session, [robots.id, tag.id, top.id, other.id]) == {
        robots.id: everything,
        tag.id: everything,
        top.id: everything | {top.id},
        other.id: {other.id},
    }


def test_a_tag_to_be_placed_counts_by_its_text(session, actor, now):
    tag = make_tag(session, "数据 安全")
    skill = make_skill(session, make_taxonomy(session), "35.030", "数据安全")
    assert queries.expand(session, [skill.id]) == {skill.id: {skill.id, tag.id}}
    tree.place(session, tag, actor=actor, now=now)
    assert queries.expand(session, [skill.id]) == {skill.id: {skill.id}}
