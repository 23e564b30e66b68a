import json

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.items.facts import Applicant, Party
from expertpool.items.models import ItemRole
from tests.builders.items import make_item
from tests.builders.organisations import make_organisation
from tests.builders.people import make_person


@pytest.fixture
def settings(make_settings, run):
    settings = make_settings("sqlite", "conflicts")
    assert run(settings, "migrate").exit_code == 0
    engine = sa.create_engine(settings.database_url)
    with Session(engine) as session:
        applicant = make_organisation(session, "青原新材料有限公司")
        make_person(session, "卞知秋", number="E0007", employer=applicant)
        make_person(session, "申屠安", number="E0008", employer="远山食品")
        make_person(session, "丁一", number="E0009", employer="远山食品")
        make_item(
            session,
            number="ITEM-1",
            kind="企业标准",
            applicants=(Applicant(applicant.name, applicant.id),),
            people=(Party(ItemRole.EXCLUDED, "申屠安"),),
        )
        session.commit()
    engine.dispose()
    return settings


def test_every_finding_is_one_line_of_json_and_cleared_people_are_not_listed(settings, run):
    result = run(settings, "conflicts", "ITEM-1", "--on", "2026-11-22")
    assert result.exit_code == 0
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {
            "expert": "E0007",
            "rule": "same-organisation",
            "handling": "bar",
            "text": "Employed by the applicant 青原新材料有限公司",
            "evidence": [
                {
                    "kind": "employment",
                    "text": "Employed by the applicant 青原新材料有限公司",
                    "source": "测试",
                    "from": None,
                    "to": None,
                }
            ],
            "waiver": None,
        },
        {
            "expert": "E0008",
            "rule": "applicant-recusal",
            "handling": "possible",
            "text": "The applicant asks not to have 申屠安",
            "evidence": [
                {
                    "kind": "item",
                    "text": "The applicant asks not to have 申屠安",
                    "source": None,
                    "from": None,
                    "to": None,
                }
            ],
            "waiver": None,
        },
    ]


def test_a_preset_changes_the_handling_and_a_file_takes_the_lines(settings, run, tmp_path):
    target = tmp_path / "f.jsonl"
    options = ("--preset", "committee", "--out", str(target))
    result = run(settings, "conflicts", "ITEM-1", *options)
    assert (result.exit_code, result.stdout) == (0, "")
    told = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert [(each["expert"], each["handling"]) for each in told] == [("E0007", "declare")]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("ITEM-2",), "There is no item ITEM-2."),
        (("ITEM-1", "--preset", "nonsense"), "There is no preset nonsense; there are acceptance, award"),
        (("ITEM-1", "--on", "yesterday"), "yesterday is no day such as 2026-11-22."),
    ],
)
def test_wrong_input_is_told_in_one_line(settings, run, words, sentence):
    result = run(settings, "conflicts", *words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(sentence)
    assert result.stderr.count("\n") == 1
