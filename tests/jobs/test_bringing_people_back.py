"""The job that ends rests, in the office's own days."""

from datetime import UTC, date, datetime

import pytest

import config
from expertpool.application import create_app
from expertpool.extensions import db
from expertpool.jobs import bring_people_back
from expertpool.people.models import Person, Status
from expertpool.settings import own_ddl
from tests.builders.people import make_person


@pytest.fixture
def app(tmp_path):
    settings = config.load({"EXPERTPOOL_INSTANCE": str(tmp_path), "EXPERTPOOL_TIMEZONE": "Asia/Shanghai"})
    app = create_app(settings, TESTING=True)
    with app.app_context():
        own_ddl.import_models().create_all(db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_rest_ends_at_midnight_of_the_office(app):
    with app.app_context():
        person = make_person(db.session(), "何霁", status=Status.RESTING, status_until=date(2026, 11, 21))
        db.session.commit()
        last_hour = datetime(2026, 11, 21, 15, 59, tzinfo=UTC)
        midnight = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
        assert bring_people_back.tick(db.session(), last_hour) == 0
        assert bring_people_back.tick(db.session(), midnight) == 1
        assert db.session.get_one(Person, person.id).status is Status.ACTIVE
        assert bring_people_back.tick(db.session(), midnight) == 0
