"""A group is enrolled by a spreadsheet: shown first, then done as shown."""

import io
import re

import pytest
import sqlalchemy as sa

from expertpool.people.models import Grade, Person
from expertpool.training.models import Enrolment, EnrolmentState
from tests.builders.files import make_csv, make_xlsx
from tests.builders.people import make_person
from tests.builders.training import enrol

ROWS = [
    ["学员姓名", "电子邮箱", "联系电话", "单位名称"],
    ["陆文澜", "lu@example.org", "", ""],
    ["何霁", "he@example.org", "13800000000", "河洛轴承有限公司"],
    ["唐以珩", "tang@example.org", "", ""],
    ["白鹿鸣", "no address", "", ""],
]


@pytest.fixture
def organiser(as_role, office):
    return as_role("organiser", office.id)


@pytest.fixture
def upload(organiser, cohort):
    def send(content, name="名单.csv", **more):
        data = {"file": (io.BytesIO(content), name), **more}
        return organiser.post(
            f"/training/cohorts/{cohort.id}/group", data=data, content_type="multipart/form-data"
        )

    return send


def carried(page, do="apply"):
    """Return the fields that the preview's form sends back."""
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    chosen = re.findall(r'<select[^>]* name="(row-\d+)"', page)
    return {**fields, **dict.fromkeys(chosen, "new"), "do": do}


@pytest.mark.parametrize("make", [make_csv, make_xlsx])
def test_the_file_is_shown_and_then_done(upload, organiser, database, cohort, text_of, make):
    known = make_person(database, "陆文澜", addresses=("lu@example.org",))
    page = upload(make(ROWS), "名单.csv" if make is make_csv else "名单.xlsx")
    told = text_of(page)
    assert "陆文澜 gets a place" in told
    assert "何霁 gets a place" in told
    assert "唐以珩 waits position 1" in told
    assert "“no address”" in told
    assert database.scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 0
    done = organiser.post(
        f"/training/cohorts/{cohort.id}/group/apply", data=carried(page.text), follow_redirects=True
    )
    assert "2 enrolled, 1 waiting." in done.text
    states = database.execute(
        sa.select(Person.name, Person.grade, Enrolment.state).join(Enrolment.person).order_by(Person.name)
    ).all()
    assert [tuple(each) for each in states] == [
        ("何霁", Grade.TALENT, EnrolmentState.ENROLLED),
        ("唐以珩", Grade.TALENT, EnrolmentState.WAITING),
        ("陆文澜", known.grade, EnrolmentState.ENROLLED),
    ]


def test_when_the_cohort_changed_meanwhile_the_new_outcome_is_shown(
    upload, organiser, database, cohort, text_of
):
    page = upload(make_csv(ROWS)).text
    enrol(database, cohort)
    answer = organiser.post(f"/training/cohorts/{cohort.id}/group/apply", data=carried(page))
    assert "The cohort or the pool has changed since this file was read. Look at it again." in answer.text
    assert "何霁 waits position 1" in text_of(answer)
    assert database.scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 1


def test_a_possible_namesake_is_decided(upload, organiser, database, cohort, text_of):
    known = make_person(database, "何霁", employer="别的单位")
    rows = [ROWS[0][:1], ["何霁"]]
    page = upload(make_csv(rows))
    assert "Is it somebody of the pool?" in page.text
    fields = carried(page.text, do="look") | {"row-2": str(known.id)}
    look = organiser.post(f"/training/cohorts/{cohort.id}/group/apply", data=fields)
    assert f'<option value="{known.id}" selected>' in look.text
    fields = carried(look.text) | {"row-2": str(known.id)}
    organiser.post(f"/training/cohorts/{cohort.id}/group/apply", data=fields)
    assert database.scalars(sa.select(Enrolment.person_id)).all() == [known.id]


def test_a_decision_can_not_name_somebody_else(upload, organiser, database, cohort):
    make_person(database, "何霁", employer="别的单位")
    stranger = make_person(database, "苏砚")
    page = upload(make_csv([ROWS[0][:1], ["何霁"]]))
    fields = carried(page.text) | {"row-2": str(stranger.id)}
    organiser.post(f"/training/cohorts/{cohort.id}/group/apply", data=fields)
    assert stranger.id not in database.scalars(sa.select(Enrolment.person_id)).all()


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "empty.csv", ""),
        (b"\x00\x01\x02", "noise.xlsx", ""),
        ("单位\n甲厂\n".encode(), "none.csv", ""),
        (b"a" * 300_001, "large.csv", "The file is larger than 300 KB. Split it."),
    ],
)
def test_a_file_that_is_none_is_told_at_the_field(upload, content, name, told):
    answer = upload(content, name)
    assert answer.status_code == 400
    assert 'id="file-error"' in answer.text
    assert told in answer.text


def test_what_the_form_carries_may_be_broken(organiser, cohort):
    where = f"/training/cohorts/{cohort.id}/group/apply"
    for data in ({}, {"carried": "%%%", "name": "x.csv", "do": "apply"}, {"row-x": "1", "row-1": "9" * 40}):
        assert organiser.post(where, data=data).status_code == 400
