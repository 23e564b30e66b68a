import json

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.models import AuditEntry
from tests.builders.panels import Scene, make_item


@pytest.fixture
def scene(settings):
    """A pool with one expert whom the rules bar, committed to the database of the command."""
    engine = sa.create_engine(settings.database_url)
    with Session(engine, expire_on_commit=False) as session:
        made = Scene(session)
        made.barred = made.person_of_applicant()
        make_item(session, "另一项", applicant=made.applicant)
        session.commit()
        yield made
    engine.dispose()


@pytest.fixture
def ask(run, settings, tmp_path):
    """Propose for a request given as values: exit code, result, standard error."""

    def ask_(values, *options):
        request, result = tmp_path / "request.json", tmp_path / "result.json"
        result.unlink(missing_ok=True)
        request.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
        done = run(settings, "panel", "propose", str(request), "--out", str(result), *options)
        return done.exit_code, json.loads(result.read_text()) if result.exists() else None, done.stderr

    return ask_


def request_for(scene, **more):
    return {"title": "审查", "items": [scene.item.number], "seats": 5, **more}


def test_a_request_is_answered_in_the_promised_shape_and_nothing_is_written(scene, ask):
    entries = sa.select(sa.func.count()).select_from(AuditEntry)
    before = scene.session.scalar(entries)
    scene.session.commit()
    code, result, _ = ask(
        request_for(scene, skills=[{"name": scene.skill.name_zh, "seats": 2}]), "--seed", "5"
    )
    assert code == 0
    assert (result["feasible"], result["optimal"], result["gap"], result["slot"]) == (True, True, 0.0, None)
    assert [each["role"] for each in result["members"]] == ["chair", *["member"] * 4]
    assert len(result["alternates"]) == 3
    assert result["objective"] == pytest.approx(sum(each["score"] for each in result["members"]))
    assert all(part["text"] for each in result["members"] for part in each["why"])
    assert [(each["expert"], each["rule"], each["handling"]) for each in result["excluded"]] == [
        (scene.barred.number, "same-organisation", "bar")
    ]
    assert scene.session.scalar(entries) == before


def test_the_same_request_gives_the_same_answer(scene, ask):
    for mode in ("best", "random"):
        first, second = (ask(request_for(scene, mode=mode), "--seed", "9")[1] for _ in range(2))
        assert [each["expert"] for each in first["members"]] == [each["expert"] for each in second["members"]]


def test_locked_and_excluded_people_dates_and_rules_are_obeyed(scene, ask):
    locked, excluded = scene.people[11].number, scene.people[0].number
    slot = {"start": "2027-12-03T09:00+08:00", "end": "2027-12-03T12:00+08:00"}
    code, result, _ = ask(
        request_for(
            scene, lock=[locked], exclude=[excluded], candidate_slots=[slot], rules={"min_regions": 3}
        )
    )
    names = [each["expert"] for each in result["members"] + result["alternates"]]
    assert (code, locked in names[:5], excluded in names) == (0, True, False)
    assert result["slot"] == {"start": "2027-12-03T09:00:00+08:00", "end": "2027-12-03T12:00:00+08:00"}


def test_an_impossible_request_exits_0_and_says_which_rules_to_ease(scene, ask):
    code, result, _ = ask(request_for(scene, seats=6))
    assert (code, result["feasible"], result["members"]) == (0, False, [])
    easing = result["relax"][0]["rules"][0]
    assert {"rule", "from", "to", "short"} <= easing.keys()
    assert easing["rule"] in ("seats", "odd")


def test_every_fault_has_a_line_with_its_key_and_nothing_is_answered(scene, ask):
    code, result, errors = ask(
        {
            "items": ["XM-none"],
            "seats": True,
            "colour": "red",
            "skills": [{"name": "无此专业"}],
            "lock": ["E-none"],
            "candidate_slots": [{"start": "2027-12-03T09:00", "end": "x"}],
            "rules": {"odd": 1},
            "mode": "draw",
            "preset": "none",
        }
    )
    assert (code, result) == (1, None)
    lines = errors.strip().splitlines()
    for key in (
        "title",
        "items.1",
        "seats",
        "colour",
        "skills.1",
        "lock.1",
        "candidate_slots.1.start",
        "candidate_slots.1.end",
        "rules",
        "mode",
        "preset",
    ):
        assert sum(f"column {key}" in line for line in lines) == 1, key
    assert len(lines) == 11


@pytest.mark.parametrize("seats", [0, 201, "5"])
def test_a_wrong_number_of_seats_is_the_only_fault(scene, ask, seats):
    lock = [person.number for person in scene.people[8:11]]
    skills = [{"name": scene.skill.name_zh, "seats": 2}]
    code, result, errors = ask(request_for(scene, seats=seats, lock=lock, skills=skills))
    assert (code, result) == (1, None)
    (line,) = errors.strip().splitlines()
    assert "column seats" in line


def test_text_that_is_no_json_is_refused_with_its_place(run, settings):
    done = run(settings, "panel", "propose", "-", input="{")
    assert done.exit_code == 1
    assert "is not JSON: line 1" in done.stderr
