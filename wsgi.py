"""For WSGI servers: `gunicorn wsgi:app`."""

from __future__ import annotations

import config
from expertpool.application import create_app
from expertpool.web.kit import logs

settings = config.load()
logs.configure(settings)
app = create_app(settings)
