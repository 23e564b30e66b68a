import pytest

from expertpool import wiring
from tests.builders.invitations import Invited
from tests.builders.panels import Scene


@pytest.fixture(autouse=True)
def wired():
    wiring.connect()


@pytest.fixture
def scene(session):
    return Scene(session)


@pytest.fixture
def invited(session, scene):
    """Make an invited panel of the scene."""

    def make(**options):
        return Invited(session, scene, **options)

    return make
