"""Make items for tests."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from expertpool.events import Actor
from expertpool.items import service
from expertpool.items.facts import ItemFacts
from expertpool.items.models import Item
from tests.conftest import NOW

ACTOR = Actor(user_id=None, label="测试者", via="cli")


def make_item(session: Session, title: str = "滚动轴承 通用技术条件", **facts: Any) -> Item:
    """Enter an item; `facts` are those of `ItemFacts`."""
    return service.create(session, ItemFacts(title=title, **facts), actor=ACTOR, now=NOW)
