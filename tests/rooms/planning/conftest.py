import pytest

from expertpool import wiring
from tests.builders.organisations import make_organisation
from tests.builders.training import make_cohort, make_course, make_room


@pytest.fixture(autouse=True)
def wired():
    wiring.connect()


@pytest.fixture
def office(session):
    return make_organisation(session, "标准处")


@pytest.fixture
def course(session, office):
    return make_course(session, office)


@pytest.fixture
def cohort(session, course):
    return make_cohort(session, course, capacity=20)


@pytest.fixture
def room(session, office):
    return make_room(session, office, "第一教室", 40)
