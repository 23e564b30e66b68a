"""The columns of the five files: how each is called, whether it is required, what its cells hold.

This table is the documentation of the headers that are understood (FORMATS: Pool files).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from expertpool.interests.models import RelationKind
from expertpool.organisations.models import OrganisationKind
from expertpool.people.models import Gender, Grade, InterestParty, Status


class Kind(StrEnum):
    """The five files."""

    EXPERTS = "experts"
    ORGANISATIONS = "organisations"
    HISTORY = "history"
    RELATIONS = "relations"
    ITEMS = "items"


class Shape(StrEnum):
    """What the cells of a column hold."""

    LINE = "line"
    TEXT = "text"
    NAME = "name"
    ADDRESSES = "addresses"
    PHONE = "phone"
    DATE = "date"
    PAST_DATE = "past-date"
    END_DATE = "end-date"
    TERMS = "terms"
    NAMES = "names"
    CHOICE = "choice"


@dataclass(frozen=True)
class Column:
    """One column. `strict` choices refuse a word that is none; others keep it beside the record."""

    field: str
    chinese: str
    synonyms: tuple[str, ...] = ()
    shape: Shape = Shape.LINE
    required: bool = False
    longest: int = 10_000
    choice: type | None = None
    strict: bool = False


C = Column

EXPERTS = (
    C(
        "external_id",
        "编号",
        ("专家编号", "人员编号", "工号", "ID", "专家ID", "expert_id", "number"),
        longest=60,
    ),
    C(
        "name",
        "姓名",
        ("专家姓名", "专家名称", "专家", "中文名", "中文姓名", "full name"),
        Shape.NAME,
        required=True,
        longest=120,
    ),
    C("name_en", "英文名", ("英文姓名", "姓名英文", "外文名", "English name"), longest=120),
    C(
        "email",
        "邮箱",
        ("电子邮箱", "电子邮件", "邮件", "邮箱地址", "E-mail", "mail", "email address", "联系邮箱"),
        Shape.ADDRESSES,
        longest=1000,
    ),
    C("other_emails", "其他邮箱", ("备用邮箱", "其它邮箱", "第二邮箱"), Shape.ADDRESSES, longest=5000),
    C(
        "phone",
        "手机",
        (
            "手机号",
            "手机号码",
            "电话",
            "联系电话",
            "联系电话手机",
            "联系方式",
            "联系手机",
            "移动电话",
            "电话号码",
            "办公电话",
            "mobile",
            "telephone",
            "tel",
            "mobile phone",
        ),
        Shape.PHONE,
        longest=300,
    ),
    C(
        "organisation",
        "工作单位",
        (
            "单位",
            "单位名称",
            "所在单位",
            "工作单位名称",
            "所属单位",
            "现工作单位",
            "任职单位",
            "organization",
            "employer",
            "affiliation",
            "company",
        ),
        longest=200,
    ),
    C("organisation_code", "单位代码", ("统一社会信用代码", "单位编号", "organization_code"), longest=60),
    C("position", "职务", ("现任职务", "行政职务", "岗位", "职位"), longest=120),
    C("title", "职称", ("专业技术职称", "技术职称", "专业职称", "职称等级", "专业技术职务"), longest=80),
    C("degree", "学历", ("最高学历", "学历学位", "学位", "文化程度", "education"), longest=60),
    C("gender", "性别", ("sex",), Shape.CHOICE, choice=Gender),
    C(
        "birth",
        "出生年月",
        ("出生日期", "生日", "出生", "出生年份", "date of birth", "birthday"),
        Shape.PAST_DATE,
    ),
    C("region", "地区", ("所在地区", "所在地", "地域", "所属地区", "省市", "城市", "所在城市"), longest=80),
    C("languages", "语言", ("外语", "语种", "工作语言", "language"), Shape.TERMS),
    C(
        "skills",
        "专业领域",
        (
            "研究方向",
            "研究领域",
            "专业",
            "从事专业",
            "擅长领域",
            "专长",
            "专业方向",
            "所属领域",
            "专业特长",
            "领域",
            "技能",
            "expertise",
            "fields",
            "research interests",
        ),
        Shape.TERMS,
    ),
    C("skill_codes", "技能代码", ("专业代码", "领域代码", "学科代码", "分类代码"), Shape.TERMS),
    C("bio", "简介", ("个人简介", "专家简介", "工作简历", "简历", "biography"), Shape.TEXT, longest=5_000),
    C("interest_party", "利益方", ("代表方", "利益相关方"), Shape.CHOICE, choice=InterestParty),
    C("grade", "级别", ("专家级别", "level"), Shape.CHOICE, choice=Grade, strict=True),
    C("status", "状态", ("专家状态", "在库状态"), Shape.CHOICE, choice=Status, strict=True),
)

ORGANISATIONS = (
    C("code", "单位代码", ("代码", "统一社会信用代码", "编号", "单位编号", "external_id"), longest=60),
    C(
        "name",
        "名称",
        ("单位名称", "单位", "机构名称", "全称", "企业名称", "organisation"),
        required=True,
        longest=200,
    ),
    C("name_en", "英文名称", ("英文名", "单位英文名称", "English name"), longest=200),
    C("aliases", "别名", ("简称", "曾用名", "其他名称", "又名", "alias"), Shape.NAMES),
    C(
        "kind",
        "类型",
        ("单位类型", "单位性质", "性质", "类别", "type"),
        Shape.CHOICE,
        choice=OrganisationKind,
    ),
    C("parent", "上级", ("上级单位", "主管单位", "母公司", "隶属", "所属集团"), longest=200),
    C("region", "地区", ("所在地区", "所在地", "城市"), longest=80),
    C("alliances", "联盟", ("所属联盟", "产业联盟", "alliance"), Shape.NAMES),
)

HISTORY = (
    C(
        "external_id",
        "编号",
        ("专家编号", "专家", "姓名", "人员", "邮箱", "人员编号", "person", "expert", "name", "email"),
        required=True,
        longest=400,
    ),
    C(
        "organisation",
        "单位",
        ("工作单位", "单位名称", "任职单位", "organization", "employer"),
        required=True,
        longest=200,
    ),
    C("position", "职务", ("岗位", "职位"), longest=120),
    C("from", "起", ("开始", "起始", "开始时间", "起始时间", "自", "起止起", "since", "start"), Shape.DATE),
    C("to", "止", ("结束", "截止", "结束时间", "截止时间", "至", "until", "end"), Shape.END_DATE),
)

RELATIONS = (
    C("person", "甲", ("甲方", "专家", "人员", "姓名", "本人"), required=True, longest=400),
    C("other", "乙", ("乙方", "对方", "关系人", "相关人"), required=True, longest=400),
    C(
        "kind",
        "关系",
        ("关系类型", "类型", "relation"),
        Shape.CHOICE,
        required=True,
        choice=RelationKind,
        strict=True,
    ),
    C("from", "起", ("开始", "起始", "开始时间", "起始时间", "自", "since", "start"), Shape.DATE),
    C("to", "止", ("结束", "截止", "结束时间", "截止时间", "至", "until", "end"), Shape.END_DATE),
    C("source", "来源", ("出处", "依据"), longest=200),
)

ITEMS = (
    C("external_id", "编号", ("项目编号", "标准编号", "计划号", "ID", "number"), required=True, longest=60),
    C("title", "名称", ("项目名称", "标准名称", "题目", "name"), required=True, longest=300),
    C("abstract", "摘要", ("简介", "内容", "主要内容", "范围"), Shape.TEXT, longest=100_000),
    C("kind", "类型", ("项目类型", "类别", "type"), longest=60),
    C("skills", "专业领域", ("领域", "专业", "所属领域", "技术领域"), Shape.TERMS),
    C("skill_codes", "技能代码", ("专业代码", "领域代码", "分类代码"), Shape.TERMS),
    C("applicants", "申报单位", ("申请单位", "承担单位", "起草单位", "单位", "applicant"), Shape.NAMES),
    C("leaders", "负责人", ("项目负责人", "主持人", "第一起草人", "leader"), Shape.NAMES),
    C(
        "contributors",
        "参与人",
        ("参加人", "项目成员", "起草人", "成员", "主要起草人", "contributor"),
        Shape.NAMES,
    ),
    C("excluded", "申请回避", ("回避", "回避专家", "申请回避专家"), Shape.NAMES),
    C("date", "日期", ("申报日期", "提交日期", "时间"), Shape.DATE),
)

COLUMNS: dict[Kind, tuple[Column, ...]] = {
    Kind.EXPERTS: EXPERTS,
    Kind.ORGANISATIONS: ORGANISATIONS,
    Kind.HISTORY: HISTORY,
    Kind.RELATIONS: RELATIONS,
    Kind.ITEMS: ITEMS,
}

NAME_COLUMN: dict[Kind, str] = {
    Kind.EXPERTS: "name",
    Kind.ORGANISATIONS: "name",
    Kind.HISTORY: "external_id",
    Kind.RELATIONS: "person",
    Kind.ITEMS: "title",
}
"""The column by which the header of a file is found."""
