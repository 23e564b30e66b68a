import pytest

from expertpool.people import names


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("陆文澜", "陆文澜"),
        ("何 霁", "何霁"),
        ("何　霁", "何霁"),
        ("\ufeff何\u200b霁\t", "何霁"),
        ("Ａｄａ Lovelace", "adalovelace"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提・艾力", "买买提·艾力"),
    ],
)
def test_names_compare_without_width_case_and_space(written, key):
    assert names.name_key(written) == key


@pytest.mark.parametrize(
    ("name", "pinyin", "letters", "latin"),
    [
        ("曾一诺", "zeng yi nuo", "zyn", "Zeng Yinuo"),
        ("单田芳", "shan tian fang", "stf", "Shan Tianfang"),
        ("解缙", "xie jin", "xj", "Xie Jin"),
        ("仇英", "qiu ying", "qy", "Qiu Ying"),
        ("查良", "zha liang", "zl", "Zha Liang"),
        ("任解", "ren jie", "rj", "Ren Jie"),
        ("欧阳澈", "ou yang che", "oyc", "Ouyang Che"),
        ("司徒蕴", "si tu yun", "sty", "Situ Yun"),
        ("单于飞", "chan yu fei", "cyf", "Chanyu Fei"),
        ("单于", "shan yu", "sy", "Shan Yu"),
        ("尉迟恭", "yu chi gong", "ycg", "Yuchi Gong"),
        ("曾 一 诺", "zeng yi nuo", "zyn", "Zeng Yinuo"),
        ("José García", "jose garcia", "jg", "José García"),
        ("买买提·艾力", "mai mai ti ai li", "mmtal", "买买提·艾力"),
        ("", "", "", ""),
    ],
)
def test_surnames_are_read_as_surnames(name, pinyin, letters, latin):
    assert names.pinyin_key(name) == pinyin
    assert names.initials(name) == letters
    assert names.romanised(name) == latin


def test_people_sort_by_their_surnames_reading():
    assert sorted(["周岚", "曾一诺", "单田芳", "陈东"], key=names.pinyin_key) == [
        "陈东",
        "单田芳",
        "曾一诺",
        "周岚",
    ]
