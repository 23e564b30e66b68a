import datetime as dt

import pytest

from expertpool.exchange import cells, dates
from expertpool.exchange.faults import Unreadable
from expertpool.exchange.tables import Record
from expertpool.exchange.terms import Terms

TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("1980.6", "1980-06"),
        ("1966.1", "1966-01"),
        ("1966.10", "1966-10"),
        ("198305", "1983-05"),
        (198305.0, "1983-05"),
        (19830517.0, "1983-05-17"),
        ("1973年2月", "1973-02"),
        ("1973 年 2 月 3 日", "1973-02-03"),
        ("１９７３．２", "1973-02"),
        ("1988/12/1", "1988-12-01"),
        ("1981-08", "1981-08"),
        ("1980", "1980"),
        (1980.0, "1980"),
        (1980.6, "1980-06"),
        (1980.12, "1980-12"),
        (29221.0, "1980-01-01"),
        (dt.date(1994, 9, 1), "1994-09-01"),
        (dt.datetime(1994, 9, 1), "1994-09-01"),  # noqa: DTZ001
        ("", None),
        ("  ", None),
    ],
)
def test_dates_are_read_in_every_customary_spelling(value, read):
    assert dates.read_past_date(value, [], TODAY) == read


def test_a_number_that_lost_its_zero_gives_only_the_year_and_a_note():
    notes = []
    assert dates.read_date(1966.1, notes) == "1966"
    assert [str(note) for note in notes] == ["1966.1 may be January or October: only the year was taken."]


@pytest.mark.parametrize(
    "value",
    [
        "1975.13",
        "2031年5月",
        "1980-02-30",
        "1975.0",
        "abc",
        "1899",
        "2026-12",
        dt.date(2027, 1, 1),
        0.5,
        12.0,
    ],
)
def test_impossible_dates_are_refused(value):
    with pytest.raises(Unreadable):
        dates.read_past_date(value, [], TODAY)


def test_a_birth_this_month_is_possible():
    assert dates.read_past_date("2026-11", [], TODAY) == "2026-11"


def test_months_run_from_their_first_to_their_last_day():
    assert [dates.first_day("2024-02"), dates.last_day("2024-02")] == [
        dt.date(2024, 2, 1),
        dt.date(2024, 2, 29),
    ]
    assert [dates.first_day("2023"), dates.last_day("2023")] == [dt.date(2023, 1, 1), dt.date(2023, 12, 31)]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (13961425491.0, "13961425491"),
        ("139-1203-4628", "13912034628"),
        ("+86 139 5343 8575", "13953438575"),
        ("0086-13953438575", "13953438575"),
        ("１３９５３４３８５７５", "13953438575"),
        ("0371-65900000", "037165900000"),
        ("（0371）65900000转801", "037165900000x801"),
        ("+86 371 65900000", "037165900000"),
        ("010-65900000", "01065900000"),
        ("65900000", "65900000"),
        ("400-810-8888", "4008108888"),
        ("+852 2000 0000", "+85220000000"),
        ("13953438575；0371-65900000", "13953438575；037165900000"),
        ("", None),
    ],
)
def test_phones_are_read_in_every_customary_spelling(value, read):
    assert cells.phone(value) == read
    assert cells.phone(read or "") == read


@pytest.mark.parametrize(
    "value", ["13900000000000", "见备注", "12345678901", "无", "1391203462", "139120346281"]
)
def test_what_is_no_phone_is_refused(value):
    with pytest.raises(Unreadable):
        cells.phone(value)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("expert0001＠post.example", ["expert0001@post.example"]),
        (" EXPERT0008@INBOX.EXAMPLE ", ["expert0008@inbox.example"]),
        ("a @b.example；c@d.example;a@b.example", ["a@b.example", "c@d.example"]),
        ("", []),
    ],
)
def test_addresses_are_normalised(value, read):
    assert cells.addresses(value) == read


@pytest.mark.parametrize("value", ["无", "a@@b.example", "a@b", "@b.example", "a b", "-"])
def test_what_is_no_address_is_refused(value):
    with pytest.raises(Unreadable):
        cells.addresses(value)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("沈 凯 欣", "沈凯欣"),
        ("\u3000蔡晨", "蔡晨"),
        ("阿依古丽·艾力", "阿依古丽·艾力"),
        ("Ｌｉ  Ming ", "Li Ming"),
        ("\u200b", None),
    ],
)
def test_names_lose_stray_white_space(value, read):
    assert cells.name(value) == read


def test_a_person_is_an_id_an_address_a_name_or_both():
    assert cells.person("汪飞天<expert0113@inbox.example>") == cells.PersonText(
        "汪飞天", "expert0113@inbox.example"
    )
    assert cells.person("Expert0113＠inbox.example") == cells.PersonText("", "expert0113@inbox.example")
    assert cells.person("E0012") == cells.PersonText("E0012")


def test_people_and_organisations_never_split_at_commas_or_slashes():
    assert cells.names("甲，乙/丙, Ltd；丁\n戊；丁") == ["甲，乙/丙, Ltd", "丁", "戊"]
    assert cells.terms("甲，乙、丙；丁;戊\n己,庚") == ["甲", "乙", "丙", "丁", "戊", "己,庚"]


def split(session, *texts):
    records = [Record(n, "", {"skills": cells.terms(text)}) for n, text in enumerate(texts)]
    terms = Terms(session, records)
    return [terms.split(record) for record in records]


def test_skills_split_at_a_slash_unless_a_side_is_latin(session):
    assert split(session, "计量/储能", "ISO/IEC 国际标准化", "储能/5G") == [
        ["计量", "储能"],
        ["ISO/IEC 国际标准化"],
        ["储能/5G"],
    ]


def test_latin_terms_that_stand_alone_elsewhere_are_split_off(session):
    assert split(session, "储能/C++软件测试/ISO/IEC 国际标准化/计量", "C++软件测试", "ISO/IEC 国际标准化")[
        0
    ] == [
        "储能",
        "C++软件测试",
        "ISO/IEC 国际标准化",
        "计量",
    ]
