"""For WSGI servers: `gunicorn wsgi:app`."""

from __future__ import annotations

from expertpool.application import create_app

app = create_app()
