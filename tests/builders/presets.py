"""Put the shipped presets into a database that tests copy, since checking them anew each time takes long."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.panels import presets_service
from expertpool.panels.models import PresetVersion

SHIPPED = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


def ship_presets(url: str) -> None:
    """Add the shipped presets to the database at `url`; its trail, which nobody can delete, stays empty."""
    engine = sa.create_engine(url)
    table = sa.inspect(PresetVersion).local_table
    with Session(engine) as session:
        presets_service.ensure_shipped(session, now=SHIPPED)
        rows = [dict(row) for row in session.execute(sa.select(table)).mappings()]
        session.rollback()
    with engine.begin() as connection:
        connection.execute(sa.insert(table), rows)
    engine.dispose()
