from expertpool.affinity import profiles
from expertpool.items.models import ItemPerson, ItemRole
from expertpool.people.models import Status
from expertpool.text import Profile
from tests.builders.panels import make_item
from tests.builders.people import make_person
from tests.builders.skills import make_skill, make_taxonomy


def test_experts_are_read_by_what_they_wrote_worked_on_and_can(session):
    ics = make_taxonomy(session, "ics")
    bearings = make_skill(session, ics, "21.100", "轴承", name_en="Bearings")
    person = make_person(session, "陆文澜", skills=[bearings])
    person.bio = "研究滚动轴承的疲劳。"
    resting = make_person(session, "何霁")
    resting.status = Status.SUSPENDED
    plain = make_person(session, "唐以宁")
    led = make_item(session, "角接触球轴承", leaders=[person])
    led.abstract = "技术条件"
    judged = make_item(session, "关节轴承", leaders=[person])
    foreign = make_item(session, "滚珠丝杠")
    foreign.people = [
        ItemPerson(role=ItemRole.EXCLUDED, person=person, name=person.name, name_key=person.name_key)
    ]
    session.flush()
    skills = ("Bearings", "ICS:21.100", "轴承")
    assert profiles.of_pool(session, but=[judged.id]) == [
        Profile(str(person.id), ("研究滚动轴承的疲劳。", "角接触球轴承\n技术条件"), skills),
        Profile(str(plain.id)),
    ]


def test_items_are_read_by_title_abstract_and_skills(session):
    tag = make_skill(session, make_taxonomy(session, "own"), None, "数据安全")
    item = make_item(session, "人脸识别", skills=[tag])
    item.abstract = "要求与测试方法"
    other = make_item(session, "无摘要")
    session.flush()
    assert profiles.of_items(session, [other.id, item.id]) == [
        Profile(str(item.id), ("人脸识别\n要求与测试方法",), ("数据安全",)),
        Profile(str(other.id), ("无摘要\n",)),
    ]
