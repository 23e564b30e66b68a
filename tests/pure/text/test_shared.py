from expertpool.text.shared import shared_words, terms_of

ITEM = (
    "高速主轴用角接触球轴承的疲劳寿命",
    "Fatigue life of Angular-Contact ball bearings, tested in C++ on 2 rigs of 2026",
)


def shared(*works, texts=ITEM, **options):
    """What each of several experts, with one work each, shares with the item."""
    return shared_words(texts, [terms_of([work]) for work in works], **options)


def test_chinese_neighbours_are_joined_to_the_longest_common_run():
    assert shared("滚动球轴承疲劳寿命") == [("球轴承", "疲劳寿命")]
    assert shared("角接触球轴承") == [("角接触球轴承",)]


def test_one_character_alone_and_function_characters_say_nothing():
    assert shared("球，轴，承") == [()]
    assert shared("轴承的疲劳规则", texts=("轴承的疲劳与规则",)) == [("轴承", "疲劳", "规则")]


def test_english_is_shown_as_the_item_writes_it_never_by_its_stem():
    assert shared("tests of a ball bearing") == [("ball bearings", "tested")]
    assert shared("contact fatigue; angular contacts") == [("Angular-Contact", "Fatigue")]
    assert shared("programs in c++") == [("C++",)]


def test_numbers_and_single_letters_alone_say_nothing():
    assert shared("2 and 2026", "a plan of b", texts=("2 plans B of 2026",)) == [(), ("plans",)]


def test_phrases_come_first_then_what_few_share_then_what_stands_first():
    works = ("ball bearing; rig; fatigue life", "fatigue life; a rig", "fatigue life")
    life = "Fatigue life"
    assert shared(*works) == [("ball bearings", life, "rigs"), (life, "rigs"), (life,)]


def test_at_most_so_many_each_once_and_none_that_is_part_of_another():
    repeated = ("球轴承 轴承 球轴承 art parts", "Art and a part")
    assert shared("球轴承 art part", texts=repeated) == [("球轴承", "art parts")]
    assert shared("art; part", texts=("art and parts",)) == [("art", "parts")]
    assert shared("一甲 二乙 三丙 四丁", texts=("一甲 二乙 三丙 四丁",), most=3) == [("一甲", "二乙", "三丙")]


def test_wide_letters_and_nothing_at_all():
    assert shared("ＢＡＬＬ bearing", "", texts=("Ball ｂｅａｒｉｎｇ",)) == [("Ball bearing",), ()]
    assert shared_words((), [terms_of(["x"])]) == [()]
    assert shared_words(ITEM, []) == []
