"""A language is one, however people write it."""

import pytest

from expertpool.text import languages


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        (("English", "english", "英语", " 英 文 ", "EN", "en-GB", "British English"), "en"),
        (("中文", "汉语", "普通话", "Chinese", "Mandarin", "zh_Hans", "简体中文"), "zh"),
        (("日语", "日文", "日本語", "Japanese", "ja"), "ja"),
        (("德语", "German", "Deutsch"), "de"),
        (("粤语", "Cantonese"), "yue"),
    ],
)
def test_names_and_codes_of_one_language_are_the_same(texts, code):
    assert {languages.normal(each) for each in texts} == {code}


def test_what_no_table_knows_is_kept_as_written_and_compared_without_case():
    assert languages.normal("  吴语  苏州话 ") == "吴语 苏州话"
    assert languages.are_same("Sign of Henan", "sign of henan")
    assert not languages.are_same("吴语苏州话", "吴语")
    assert languages.name("Sign of Henan", "zh_Hans") == "Sign of Henan"


def test_a_language_is_called_as_its_reader_calls_it():
    assert [languages.name("English", each) for each in ("zh_Hans", "en")] == ["英语", "English"]
    assert [languages.name("中文", each) for each in ("zh_Hans", "en")] == ["中文", "Chinese"]
