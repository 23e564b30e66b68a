"""Helps tests of what belongs to somebody else."""

from __future__ import annotations

from flask.testing import FlaskClient


def assert_closed(client: FlaskClient, method: str, address: str, *secrets: str) -> None:
    """Assert that `client` may not open `address` (403 or 404) and that the answer tells no `secrets`."""
    answer = client.open(address, method=method)
    assert answer.status_code in (403, 404), f"{method} {address}: {answer.status}"
    told = [secret for secret in secrets if secret in answer.text]
    assert told == [], f"{method} {address} tells {told}"
