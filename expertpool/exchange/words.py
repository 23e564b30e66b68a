"""Words that files use for the values of a choice, in Chinese and English."""

from __future__ import annotations

import unicodedata

from expertpool.interests.models import RelationKind
from expertpool.organisations.models import OrganisationKind
from expertpool.people.models import Gender, Grade, InterestParty, Status

Words = dict[str, str]
"""Word as compared -> value."""

LABELS: dict[type, dict[str, tuple[str, ...]]] = {
    Gender: {"female": ("女", "女性", "f"), "male": ("男", "男性", "m"), "other": ("其他",)},
    Grade: {
        "talent": ("人才",),
        "candidate": ("候选", "候选专家"),
        "expert": ("专家",),
        "senior": ("资深", "资深专家"),
    },
    Status: {
        "active": ("在库", "正常", "有效", "启用", "在任", "在职", "活跃"),
        "resting": ("休整", "轮休", "休息"),
        "suspended": ("暂停", "停用", "中止"),
        "retired": ("退出", "出库", "退休", "已退出", "已退休"),
    },
    InterestParty: {
        "producer": ("生产方", "生产者", "生产企业", "企业"),
        "user": ("使用方", "使用者", "用户", "经营方", "经营者"),
        "research": ("科研", "科研院所", "高校", "科研方", "科研教学", "研究与教学"),
        "testing": ("检测", "检验检测", "检测方", "认证", "检测认证"),
        "authority": ("行政", "主管部门", "政府", "监管方", "行政主管部门"),
        "public": ("公众", "公共利益", "公共利益方", "消费者", "社会公众"),
        "technical": ("技术", "技术方"),
        "economic": ("经济", "经济方", "财经方"),
    },
    OrganisationKind: {
        "company": ("企业", "公司"),
        "university": ("高校", "大学", "院校", "高等院校"),
        "institute": ("科研院所", "研究院", "研究所", "科研机构"),
        "laboratory": ("检测机构", "检验检测机构", "实验室"),
        "association": ("社会团体", "协会", "学会", "团体"),
        "authority": ("行政机关", "政府", "主管部门", "机关", "政府部门"),
        "department": ("部门", "内设部门", "内设机构"),
        "other": ("其他",),
    },
    RelationKind: {
        "spouse": ("配偶", "夫妻"),
        "kin": ("亲属", "近亲属"),
        "advisor": ("导师",),
        "student": ("学生",),
        "coauthor": ("合作论文", "合著", "论文合作"),
        "collaborator": ("合作", "项目合作"),
        "shareholder": ("持股", "股东"),
        "consultant": ("顾问",),
        "employer": ("任职",),
        "competitor": ("竞争",),
        "declared": ("申报", "本人申报"),
    },
}


def key(word: str) -> str:
    """Return a word as compared: full-width letters made plain, no white space, lower case."""
    return "".join(unicodedata.normalize("NFKC", word).split()).lower()


def words_of(choice: type) -> Words:
    """Return the words of a choice: its values, and their Chinese labels."""
    return {key(word): value for value, labels in LABELS[choice].items() for word in (value, *labels)}


def label(choice: type, value: str) -> str:
    """Return the Chinese word that is written for a value."""
    return LABELS[choice][value][0]
