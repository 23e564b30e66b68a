import pytest
import sqlalchemy as sa

from expertpool.people import search
from tests.builders.people import make_person
from tests.rooms.people.taxonomy import make_skill


@pytest.fixture
def people(session):
    bearings = make_skill(session, "21.100", "轴承", "Bearings")
    languages = make_skill(session, None, "C++ 程序设计", "C++ programming")
    makers = {
        "lu": make_person(session, "陆文澜", number="E0031", name_en="Lu Wenlan", skills=(bearings,)),
        "zeng": make_person(session, "曾一诺", number="E0204", employer="云岚重型机械厂"),
        "ouyang": make_person(
            session, "欧阳澈", number="E0156", employer="青原机床用户协会", skills=(languages,)
        ),
        "he": make_person(session, "何 霁", number="E0003", employer="北辰材料研究院"),
        "lv": make_person(session, "吕布", number="E9001"),
        "ada": make_person(session, "Ada O'Neill", number="X-7", name_en=None),
    }
    return {person.id: key for key, person in makers.items()}


CASES = {
    "陆文澜": {"lu"},
    "文澜": {"lu"},
    "澜": {"lu"},
    "陆 澜": {"lu"},
    "何霁": {"he"},
    "何　霁": {"he"},
    "Lu Wenlan": {"lu"},
    "wenlan": {"lu"},
    "luwenlan": {"lu"},
    "lwl": {"lu"},
    "zeng": {"zeng"},
    "yinuo": {"zeng"},
    "zengyn": {"zeng"},
    "ceng": set(),
    "ouyang": {"ouyang"},
    "oyc": {"ouyang"},
    "lüb": {"lv"},
    "lvbu": {"lv"},
    "研究": {"he"},
    "材料研究院": {"he"},
    "C++": {"ouyang"},
    "c++": {"ouyang"},
    "C#": set(),
    "程序": {"ouyang"},
    "E0031": {"lu"},
    "31": {"lu"},
    "E00": {"lu", "he"},
    "21.100": {"lu"},
    "21.1": {"lu"},
    "bearing": {"lu"},
    "o'neill": {"ada"},
    "oneill": {"ada"},
    "轴承 陆": {"lu"},
    "轴承 何": set(),
    "承轴": set(),
    "' OR 1": set(),
    '"names" : *': set(),
    "ＬＷＬ": {"lu"},
}


@pytest.mark.parametrize("query", CASES)
def test_any_part_finds_the_same_people_on_both_databases(session, people, query):
    found = session.scalars(search.hits(session, query)).all()
    assert {people[person_id] for person_id in found} == CASES[query]
    assert {people[person_id] for person_id in search.find(session, query)} == CASES[query]


@pytest.mark.parametrize("query", ["", "  ", "??", "“”", "*"])
def test_a_query_without_a_word_is_no_query(session, people, query):
    assert search.hits(session, query) is None
    assert search.find(session, query) == []


def test_the_very_name_comes_first_then_names_then_other_words(session):
    employed = make_person(session, "白鹿鸣", employer="陆文研究所")
    longer = make_person(session, "陆文澜")
    exact = make_person(session, "陆文")
    assert search.find(session, "陆文") == [exact.id, longer.id, employed.id]
    assert search.find(session, "陆文", limit=2) == [exact.id, longer.id]


def test_a_merged_person_is_not_found(session):
    kept = make_person(session, "司徒蕴")
    merged = make_person(session, "司徒蕴", merged_into_id=kept.id)
    search.index_people(session, [kept.id, merged.id])
    assert search.find(session, "司徒蕴") == [kept.id]


def test_a_rebuilt_index_finds_the_same(session, people):
    session.execute(sa.text("DELETE FROM person_search"))
    assert search.find(session, "陆文澜") == []
    counted = []
    assert search.rebuild(session, progress=counted.append) == len(people)
    assert counted == [len(people)]
    assert [people[person_id] for person_id in search.find(session, "陆文澜")] == ["lu"]
