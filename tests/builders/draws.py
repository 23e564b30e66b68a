"""Announcements and records of invented draws."""

import random
from datetime import datetime, timedelta, timezone

from expertpool.draws import parties
from expertpool.draws.announcing import Announcement, Source
from expertpool.draws.plan import Candidate, Cap, Plan, Recusal, Stratum, simple
from expertpool.draws.record import Inputs, Report, make
from expertpool.draws.rfc3797 import Hash

AT = "2026-12-01T04:00:00Z"
NOW = datetime(2026, 11, 22, 9, tzinfo=timezone(timedelta(hours=8)))
COMMITTED_AT = "2026-11-22T01:00:00Z"
SALTS = ("0123456789abcdef" * 2, "f" * 32)


def people(number):
    """Return invented people 甲1, 甲2 ... without groups."""
    return tuple(Candidate(f"甲{index}") for index in range(1, number + 1))


def make_announcement(**overrides):
    """Return an announcement of 3 out of 8 by two lotteries."""
    fields = {
        "subject": "试例评审组",
        "pool": people(8),
        "plan": simple(3, 1),
        "sources": (
            Source("日开一码 [0-99999]", AT, "0-99999"),
            Source("六码彩票 [6 of 1-33]", AT, "6 of 1-33"),
        ),
    }
    return Announcement(**{**fields, **overrides})


def make_inputs(committed_at=COMMITTED_AT, reports=("9319", "9 18 26 1 30 5"), late=(), **overrides):
    """Return the inputs of a draw as announced."""
    return Inputs(
        make_announcement(**overrides), committed_at, tuple(Report(each) for each in reports), tuple(late)
    )


def make_random_record(seed):
    """Return the record of a draw with strata, caps and recusals that depend on the seed alone."""
    chance = random.Random(seed)
    pool = tuple(
        Candidate(
            f"乙{index}",
            {
                "employer": tuple(chance.sample(["Q1", "Q2", "Q3", "Q4"], chance.choice([1, 1, 2]))),
                "skill": tuple(chance.sample(["食品", "数据"], chance.choice([1, 2]))),
            },
        )
        for index in range(1, 16)
    )
    plan = Plan(
        (Stratum("食品", {"skill": "食品"}, 2, 1), Stratum("其他", {}, chance.choice([1, 2]), 1)),
        (Cap("employer", chance.choice([1, 2])),),
        (Recusal("乙3", "申报单位职工"),),
    )
    reports = (str(chance.randrange(99999)), f"{chance.randrange(100)}.{chance.randrange(100)} 07 .50")
    late = (Recusal("乙5", "会前申报亲属关系"),) if chance.random() < 0.5 else ()
    sources = (Source("一码", AT), Source("收盘价", AT))
    hash_ = chance.choice(list(Hash))
    return make(make_inputs(reports=reports, late=late, pool=pool, plan=plan, sources=sources, hash=hash_))


def sealed_announcement(secrets=("FROG9", "POND77"), **overrides):
    """Return an announcement with the secrets of two parties and three dice."""
    seals = [parties.seal(salt, secret) for salt, secret in zip(SALTS, secrets, strict=True)]
    sources = (
        Source("监督员密码", "2026-12-01T03:00:00Z", party="监督员", seal=seals[0]),
        Source("组织者密码", "2026-12-01T03:00:00Z", party="组织者", seal=seals[1]),
        Source("现场三颗骰子", AT, "3 x 1-6"),
    )
    return make_announcement(**{"sources": sources, **overrides})
