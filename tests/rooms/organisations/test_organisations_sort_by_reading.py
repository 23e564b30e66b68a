"""Organisations sort as their names read, on both databases; the key follows the name."""

from __future__ import annotations

import sqlalchemy as sa

from expertpool.organisations import queries
from expertpool.organisations.models import Organisation
from expertpool.organisations.reading import pinyin_key
from expertpool.settings import migrations
from tests.builders.organisations import make_organisation
from tests.conftest import NOW

NAMES = ["重庆大学", "安徽省标准院", "中科院", "长沙理工大学", "Äpfel GmbH", "北京大学"]
IN_ORDER = ["安徽省标准院", "Äpfel GmbH", "北京大学", "长沙理工大学", "重庆大学", "中科院"]


def test_a_key_is_the_reading_of_the_whole_name_in_plain_letters():
    read = {"重庆大学": "chong qing da xue", "Äpfel GmbH": "apfel gmbh", "3M（中国）": "3m zhong guo"}
    assert {name: pinyin_key(name) for name in read} == read
    assert len(pinyin_key("中" * 200)) == 240


def test_what_belongs_to_an_organisation_is_listed_by_reading(session):
    above = make_organisation(session)
    for name in NAMES:
        make_organisation(session, name=name, parent_id=above.id)
    assert [each.name for each in queries.children(session, above.id)] == IN_ORDER
    renamed = queries.children(session, above.id)[0]
    renamed.name = "浙江省标准院"
    session.flush()
    assert [each.name for each in queries.children(session, above.id)][-2:] == ["浙江省标准院", "中科院"]


def test_the_migration_fills_the_key_of_organisations_that_are_there(empty_engine):
    url = empty_engine.url.render_as_string(hide_password=False)
    migrations.downgrade(url, "base") if migrations.current(empty_engine) else _empty(empty_engine)
    migrations.upgrade(url, "0007")
    old = sa.table("organisations", *(sa.column(name) for name in OLD))
    with empty_engine.begin() as connection:
        connection.execute(sa.insert(old), [{**OLD, "id": 1, "name": "重庆大学", "name_key": "重庆大学"}])
    migrations.upgrade(url)
    with empty_engine.connect() as connection:
        assert connection.scalar(sa.select(Organisation.name_pinyin)) == "chong qing da xue"


OLD = {
    "id": 0, "name": "", "name_key": "", "kind": "other", "mail_domains": "[]", "extra": "{}", "version": 1,
    "created_at": NOW.replace(tzinfo=None),
}  # fmt: skip
"""Columns of an organisation before, that must be there."""


def _empty(engine):
    """Take away what `empty_engine` made, which is newer than the migration."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        return
    name = engine.url.database
    engine.dispose()
    with open(name, "wb"):
        pass
