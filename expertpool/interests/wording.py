"""Sentences for the codes of the conflict engine: one place for pages, messages, documents and commands."""

from __future__ import annotations

from expertpool.conflicts.findings import Evidence, Finding, PairFinding, TooManyExcluded
from expertpool.conflicts.policy import PairRule, Rule
from expertpool.errors import N_, Sentence

RULES: dict[Rule, str] = {
    Rule.OWN_ITEM: N_("Own item"),
    Rule.SAME_ORGANISATION: N_("Same organisation"),
    Rule.PARENT_ORGANISATION: N_("Organisation above the applicant"),
    Rule.DEPARTMENT: N_("Department of the applicant"),
    Rule.SUBSIDIARY: N_("Organisation below the applicant"),
    Rule.FORMER_ORGANISATION: N_("Former organisation"),
    Rule.SPOUSE: N_("Spouse"),
    Rule.KIN: N_("Kin"),
    Rule.ADVISOR: N_("Advisor"),
    Rule.STUDENT: N_("Student"),
    Rule.COAUTHOR: N_("Co-author"),
    Rule.COLLABORATOR: N_("Collaborator"),
    Rule.SAME_ITEM_WORKED_ON: N_("Worked on an item together"),
    Rule.SHAREHOLDER: N_("Shareholder"),
    Rule.CONSULTANT: N_("Consultant"),
    Rule.COMPETITOR: N_("Competitor"),
    Rule.DECLARED: N_("Declared interest"),
    Rule.APPLICANT_RECUSAL: N_("Recusal asked by the applicant"),
    Rule.SISTER_COMPANY: N_("Sister company"),
    Rule.SAME_ALLIANCE: N_("Same alliance"),
    Rule.OWN_SIMILAR_ITEM_IN_ROUND: N_("Own similar item in the round"),
    Rule.REVIEWED_BEFORE: N_("Reviewed before"),
    Rule.RECIPROCAL_REVIEW: N_("Reciprocal review"),
    Rule.MAIL_DOMAIN: N_("Mail domain of the applicant"),
    Rule.NAMESAKE: N_("Namesake"),
}

HANDLINGS: dict[str, str] = {
    "bar": N_("Bar"),
    "leave-room": N_("Leave the room"),
    "declare": N_("Declare"),
    "possible": N_("Possible"),
}

EVIDENCE: dict[str, str] = {
    "employer-is-applicant": N_("Employed by the applicant %(applicant)s"),
    "employer-is-alias": N_("Employed by %(employer)s, another name of the applicant %(applicant)s"),
    "employer-is-parent": N_("Employed by %(employer)s, which stands above the applicant %(applicant)s"),
    "employer-is-department": N_(
        "Employed by %(employer)s, of one legal entity with the applicant %(applicant)s"
    ),
    "employer-is-subsidiary": N_("Employed by %(employer)s, which stands below the applicant %(applicant)s"),
    "employer-is-sister": N_(
        "Employed by %(employer)s, which like the applicant %(applicant)s belongs to %(via)s"
    ),
    "employer-is-alliance": N_(
        "Employed by %(employer)s, which like the applicant %(applicant)s is a member of %(via)s"
    ),
    "employer-was-applicant": N_("Was employed by the applicant %(applicant)s"),
    "employer-was-alias": N_("Was employed by %(employer)s, another name of the applicant %(applicant)s"),
    "employer-was-parent": N_("Was employed by %(employer)s, which stands above the applicant %(applicant)s"),
    "employer-was-department": N_(
        "Was employed by %(employer)s, of one legal entity with the applicant %(applicant)s"
    ),
    "mail-domain-of-applicant": N_(
        "Has an address at %(domain)s, the mail domain of the applicant %(applicant)s; no employer is known"
    ),
    "spouse-of": N_("Spouse of %(other)s"),
    "kin-of": N_("Kin of %(other)s"),
    "advisor-of": N_("Advisor of %(other)s"),
    "student-of": N_("Student of %(other)s"),
    "coauthor-of": N_("Co-author of %(other)s"),
    "collaborator-of": N_("Works or worked with %(other)s"),
    "shareholder-of": N_("Holds shares of %(other)s"),
    "consultant-of": N_("Consultant of %(other)s, or paid by them"),
    "competitor-of": N_("Competitor of %(other)s"),
    "declared-of": N_("Declared an interest in %(other)s"),
    "declared-item": N_("Declared an interest in this item"),
    "applies-item": N_("Applies for this item"),
    "leads-item": N_("Leads this item"),
    "contributes-item": N_("Contributes to this item"),
    "worked-together": N_("Worked with %(other)s on “%(work)s”"),
    "own-item-in-round": N_("Stands behind “%(work)s”, a similar item of the same round"),
    "reviewed-item": N_("Reviewed this item before: “%(item)s”"),
    "reviewed-by": N_("%(other)s is a reviewer of “%(work)s”, an item of this expert"),
    "excluded-by-applicant": N_("The applicant asks not to have %(name)s"),
    "namesake-of": N_("Has the same name as %(name)s of this item; ask whether they are one person"),
    "pair-spouse": N_("%(person)s and %(other)s are spouses"),
    "pair-kin": N_("%(person)s and %(other)s are kin"),
    "pair-advisor": N_("%(person)s is the advisor of %(other)s"),
    "pair-coauthor": N_("%(person)s and %(other)s are co-authors"),
    "pair-collaborator": N_("%(person)s and %(other)s work or worked together"),
}


def rule_name(rule: Rule | PairRule) -> Sentence:
    """Return the name of a rule, for headings and lists."""
    return Sentence(RULES[Rule(rule.value)])


def handling_name(finding: Finding | PairFinding) -> Sentence:
    """Return the name of a finding's handling; `possible` for uncertain ones."""
    return Sentence(HANDLINGS[finding.shown_handling])


def evidence_text(evidence: Evidence) -> Sentence:
    """Return one fact as a sentence, without its dates and source."""
    return Sentence(EVIDENCE[evidence.code], dict(evidence.params))


def finding_text(finding: Finding | PairFinding) -> Sentence:
    """Return a finding in one sentence: its strongest fact."""
    return evidence_text(finding.evidence[0])


def item_text(fault: TooManyExcluded) -> Sentence:
    """Return what is wrong with an item's recusals."""
    return Sentence(
        N_("The applicant names %(named)s unsuitable reviewers; %(allowed)s are allowed."),
        {"named": fault.named, "allowed": fault.allowed},
    )
