from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest

from tests.builders.files import make_csv


@pytest.fixture
def organiser(as_role):
    return as_role("organiser")


@pytest.fixture
def upload():
    """Send a file (rows, or bytes) and return the answer."""

    def send(client, content, *, kind="experts", name="专家.csv", **fields):
        content = content if isinstance(content, bytes) else make_csv(content)
        data = {"file": (BytesIO(content), name), **fields}
        return client.post(f"/import/?kind={kind}", data=data, content_type="multipart/form-data")

    return send


@pytest.fixture
def staged(upload):
    """Send a file and return the address of its import."""

    def send(client, content, **options):
        answer = upload(client, content, **options)
        assert answer.status_code == 302, answer.text
        return answer.location

    return send


@pytest.fixture(scope="session")
def pool_folder() -> Path:
    """The folder of an office's real files; they are not part of this repository."""
    shared = os.environ.get(
        "EXPERTPOOL_SHARED_DATA", str(Path(__file__).parents[3].parent / "shared" / "data")
    )
    folder = Path(shared) / "pool"
    if not folder.is_dir():
        pytest.skip(f"no pool files in {folder}: set EXPERTPOOL_SHARED_DATA")
    return folder
