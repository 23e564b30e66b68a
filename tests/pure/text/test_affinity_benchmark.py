"""The benchmark reads what is published, and measures as it is published."""

import json

import pytest

from benchmarks import affinity


def test_the_loss_weighs_each_pair_by_the_judged_difference():
    judged = {"a": {"p": 5.0, "q": 3.0, "r": 1.0}, "b": {"p": 2.0}}
    right = {"a": {"p": 0.9, "q": 0.5, "r": 0.1}}
    swapped = {"a": {"p": 0.5, "q": 0.9, "r": 0.1}}
    level = {"a": {"p": 0.5, "q": 0.5, "r": 0.5}}
    assert [affinity.loss(each | {"b": {"p": 0.0}}, judged) for each in (right, swapped, level)] == [
        0,
        0.25,
        0.5,
    ]


def paper(title, abstract):
    return {"content": {"title": title, "abstract": abstract}}


@pytest.fixture
def published(tmp_path):
    """An invented folder of the shape of the published one: two people, one paper without a text."""
    header = ["ParticipantID", *(f"{name}{n}" for name in ("Paper", "Expertise") for n in range(1, 11))]
    blank = [""] * 7
    rows = [
        ["1", "p", "q", "gone", *blank, "4.5", "2", "1", *blank],
        ["2", "q", "p", "", *blank, "5", "1", "", *blank],
    ]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "evaluations.csv").write_text("\n".join("\t".join(row) for row in [header, *rows]))
    for number in range(1, 11):
        place = tmp_path / "evaluation_datasets" / f"d_20_{number}"
        (place / "archives").mkdir(parents=True)
        papers = {"p": paper("Crystals", "How crystals grow"), "q": paper("Tax law", None)}
        (place / "submissions.json").write_text(json.dumps(papers))
        (place / "archives" / "~1.jsonl").write_text(
            json.dumps(paper("Crystal growth", "In furnaces")) + "\n"
        )
        (place / "archives" / "~2.jsonl").write_text(json.dumps(paper("Law of taxes", None)) + "\n")
    return tmp_path


def test_the_published_folder_is_read(published):
    experts, items, judged = next(affinity.gold(published))
    assert [(each.id, each.texts) for each in experts] == [
        ("1", ("Crystal growth\nIn furnaces",)),
        ("2", ("Law of taxes\n",)),
    ]
    assert [(each.id, each.texts) for each in items] == [
        ("p", ("Crystals\nHow crystals grow",)),
        ("q", ("Tax law\n",)),
    ]
    assert judged == {"1": {"p": 4.5, "q": 2.0}, "2": {"q": 5.0, "p": 1.0}}
    assert [affinity.losses(published, scorer) for scorer in (affinity.plain, affinity.ours)] == [
        "0.0000 (0.000-0.000)"
    ] * 2
