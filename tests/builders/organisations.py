"""Make organisations for tests."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from expertpool.events import Actor
from expertpool.organisations import service
from expertpool.organisations.facts import OrganisationFacts
from expertpool.organisations.models import Organisation
from tests.conftest import NOW

ACTOR = Actor(user_id=None, label="测试者", via="cli")


def make_organisation(session: Session, name: str = "青原理工大学", **facts: Any) -> Organisation:
    """Enter an organisation; `facts` are those of `OrganisationFacts`."""
    return service.create(session, OrganisationFacts(name=name, **facts), actor=ACTOR, now=NOW)


def make_organisations(session: Session, names: list[str]) -> list[Organisation]:
    """Enter organisations, all in few statements."""
    several = [OrganisationFacts(name=name) for name in names]
    return service.create_many(session, several, actor=ACTOR, now=NOW)
