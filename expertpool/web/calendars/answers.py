"""Calendars as answers to requests: with an ETag, so that a program that asks again gets a short 304."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from flask import Response, current_app, request

import config
from expertpool.calendars import writing
from expertpool.calendars.event import CalendarEvent

KIND = "text/calendar; charset=utf-8"


def style(locale: str) -> writing.Style:
    """Return how this service writes calendars in a language."""
    settings: config.Settings = current_app.config["EXPERTPOOL"]
    return writing.Style(locale, settings.base_url, settings.timezone)


def subscribed(content: bytes, *, is_private: bool) -> Response:
    """Answer a program that subscribes."""
    response = Response(content, content_type=KIND)
    response.headers["Cache-Control"] = "private, no-cache" if is_private else "public, max-age=900"
    response.set_etag(hashlib.sha256(content).hexdigest()[:32])
    response.make_conditional(request)
    return response


def downloaded(events: Sequence[CalendarEvent], locale: str, name: str) -> Response:
    """Answer with a file to open once."""
    response = Response(writing.file(events, style(locale)), content_type=KIND)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response
