"""Who is near to what."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertpool.errors import Invalid
from expertpool.text import Profile, affinities, models
from expertpool.text.latent import FEWEST
from tests.builders.chance import dice, examples

EXPERTS = [
    Profile("机床", ("数控机床精度检验", "车床的几何误差")),
    Profile("vision", ("Convolutional networks recognise images", "Object detection in video")),
    Profile("双语", ("图像识别的深度学习方法", "Deep learning for medical images")),
    Profile("无"),
]


def scores(experts, items, **given):
    return {item: dict(found) for item, found in affinities(experts, items, **given)}


def ranked(text, experts=EXPERTS):
    [(_, found)] = affinities(experts, [Profile("i", (text,))])
    return [expert for expert, score in found if score > 0]


def test_chinese_english_and_mixed_texts_find_their_experts():
    assert ranked("机床精度的评定")[0] == "机床"
    assert ranked("Image recognition by convolution") == ["vision", "双语"]
    assert ranked("基于 deep learning 的图像分割")[0] == "双语"


def test_every_pair_is_told_and_who_has_nothing_in_common_scores_0():
    found = scores(EXPERTS, [Profile("b", ("机床",)), Profile("a")])
    assert list(found) == ["a", "b"]
    assert found["a"] == {"vision": 0.0, "双语": 0.0, "无": 0.0, "机床": 0.0}
    assert [expert for expert, score in found["b"].items() if score > 0] == ["机床"]


def test_equal_scores_go_by_id_and_best_leaves_out_zeros():
    experts = [Profile(id_, ("same text",)) for id_ in ("c", "a", "b")] + [Profile("0", ("else",))]
    items = [Profile("i", ("same text",))]
    assert list(affinities(experts, items)) == [("i", [("a", 1.0), ("b", 1.0), ("c", 1.0), ("0", 0.0)])]
    assert list(affinities(experts, items, best=2)) == [("i", [("a", 1.0), ("b", 1.0)])]
    assert list(affinities(experts, items, best=9)) == [("i", [("a", 1.0), ("b", 1.0), ("c", 1.0)])]


def test_who_is_asked_for_besides_the_best_is_told_in_their_places():
    items = [Profile("a", ("机床精度",)), Profile("b", ("Object detection in video",))]
    whole = scores(EXPERTS, items)
    besides = {"b": ["无", "机床", "vision"]}
    assert scores(EXPERTS, items, best=1, besides=besides) == {
        "a": {"机床": whole["a"]["机床"]},
        "b": {id_: whole["b"][id_] for id_ in ("vision", "无", "机床")},
    }
    [_, (_, told)] = affinities(EXPERTS, items, best=1, besides=besides, cells=1)
    assert [id_ for id_, _ in told] == ["vision", "无", "机床"]


def test_nobody_and_nothing():
    assert list(affinities([], [Profile("i", ("text",))])) == [("i", [])]
    assert list(affinities(EXPERTS, [])) == []
    assert scores([Profile("e")], [Profile("i")]) == {"i": {"e": 0.0}}


def test_a_rare_term_weighs_more_than_a_common_one():
    common = [Profile(f"e{number}", (f"标准 甲乙{number}",)) for number in range(8)]
    experts = [Profile("rare", ("石墨烯",)), Profile("common", ("标准",)), *common]
    found = scores(experts, [Profile("i", ("石墨烯 标准",))])["i"]
    assert found["rare"] > found["common"] > 0


def test_one_near_work_among_others_is_worth_more_than_none_and_less_than_only_near_ones():
    experts = [
        Profile("one", ("crystal growth", "bridge design", "tax law")),
        Profile("all", ("crystal growth", "growth of crystals", "crystal")),
        Profile("none", ("bridge design", "tax law", "river basins")),
    ]
    assert ranked("crystal growth", experts) == ["all", "one"]


def test_common_skills_add_and_missing_ones_take_nothing_away():
    item = Profile("i", ("数控机床",), ("ICS:25.080.01", "数据安全"))
    text = ("数控机床检验",)
    experts = [
        Profile("same", text, ("数据安全", "ICS:25.080.01")),
        Profile("near", text, ("ICS:25.080.20",)),
        Profile("far", text, ("ICS:67.100",)),
        Profile("plain", text),
    ]
    found = scores(experts, [item])["i"]
    assert found["same"] > found["near"] > found["far"] == found["plain"] > 0


def test_who_has_no_texts_is_read_by_the_names_of_the_skills():
    assert ranked("数据安全管理要求", [Profile("e", (" ",), ("数据安全",)), Profile("f", (), ("焊接",))]) == [
        "e"
    ]


def test_texts_that_share_no_term_are_near_when_their_terms_keep_company():
    taught = [
        Profile(f"t{number:02}", ("laser optics photon", "photon beam laser")) for number in range(FEWEST)
    ]
    other = [
        Profile(f"u{number:02}", ("soil crops harvest", "harvest grain soil")) for number in range(FEWEST)
    ]
    found = scores(
        [Profile("e", ("beam",)), *taught, *other], [Profile("i", ("laser",)), Profile("j", ("grain",))]
    )
    assert found["i"]["e"] > 0 == found["j"]["e"]


def test_a_model_is_heard_beside_the_words():
    asked = []

    def encode(texts):
        asked.append(list(texts))
        return np.array([[1.0, 0.0] if "auto" in text or "汽车" in text else [0.0, 2.0] for text in texts])

    experts = [Profile("e", ("automobile",)), Profile("f", ("bread",))]
    assert scores(experts, [Profile("i", ("汽车",))], encode=encode) == {"i": {"e": 0.5, "f": 0.0}}
    assert asked == [["automobile", "bread"], ["汽车"]]


def test_a_model_that_is_not_installed_is_refused_by_name():
    with pytest.raises(Invalid, match="there is no model “sbert”; installed: -"):
        models.load("sbert")


WORDS = ["数控机床", "图像识别", "data", "safety", "the", "C++", "标准", "model", "网络", "5G", ""]
SKILLS = ["ICS:25.040", "ICS:25.080.01", "数据安全", "data"]


def some_texts(random):
    return tuple(" ".join(random.choices(WORDS, k=random.randint(0, 6))) for _ in range(random.randint(0, 4)))


@st.composite
def profiles(draw, prefix, least=0):
    count, random = draw(st.integers(least, 7)), draw(dice())
    return [
        Profile(f"{prefix}{n}", some_texts(random), tuple(random.choices(SKILLS, k=random.randint(0, 3))))
        for n in range(count)
    ]


@examples(40)
@given(profiles("e"), profiles("i"), dice())
def test_order_makes_no_difference_and_scores_are_bounded(experts, items, random):
    def mixed(side):
        turned = [
            Profile(each.id, *(tuple(random.sample(part, len(part))) for part in (each.texts, each.skills)))
            for each in side
        ]
        return random.sample(turned, len(turned))

    found = list(affinities(experts, items))
    assert found == list(affinities(mixed(experts), mixed(items)))
    assert all(0 <= score <= 1 for _, row in found for _, score in row)


@examples(40)
@given(profiles("e"), dice())
def test_the_same_text_scores_highest(experts, random):
    """1 exactly, unless there is no term in it."""
    texts = some_texts(random)
    twin = Profile("twin", ("\n".join(sorted(text for text in texts if text.strip())),))
    found = scores([*experts, twin], [Profile("i", texts)])["i"]
    assert found["twin"] in (0.0, 1.0)
    assert found["twin"] == max(found.values())


@examples(30)
@given(profiles("e", 1), profiles("i", 2), st.integers(1, 60), st.sampled_from([None, 1, 3]))
def test_blocks_and_items_on_their_own_equal_the_whole(experts, items, cells, best):
    whole = list(affinities(experts, items, best=best))
    if best is not None:
        everything = affinities(experts, items)
        assert whole == [(item, [pair for pair in row if pair[1] > 0][:best]) for item, row in everything]
    alone = [row for item in items for row in affinities(experts, [item], best=best)]
    for parts in (list(affinities(experts, items, best=best, cells=cells)), alone):
        assert [(item, [expert for expert, _ in row]) for item, row in parts] == [
            (item, [expert for expert, _ in row]) for item, row in whole
        ]
        assert [score for _, row in parts for _, score in row] == pytest.approx(
            [score for _, row in whole for _, score in row], abs=2e-6
        )
