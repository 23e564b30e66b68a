"""Puts the application together: settings, extensions, rooms, guards, security headers."""

from __future__ import annotations

import hashlib
import importlib
import logging
import pkgutil
import secrets
from contextlib import ExitStack
from functools import lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

import config
from expertpool import database, extensions, translations, web, wiring
from expertpool.exchange.documents import fonts
from expertpool.settings import crypto
from expertpool.web.accounts import security
from expertpool.web.kit import (
    dates,
    errors,
    forms,
    guards,
    headers,
    links,
    locale,
    logs,
    metrics,
    navigation,
    pagination,
)

ROOT = Path(__file__).parent
TEMPLATES = ROOT.parent / "templates"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
YEAR = 365 * 24 * 3600

log = logging.getLogger(__name__)


def create_app(settings: config.Settings | None = None, **overrides: Any) -> Flask:
    """Return the application for `settings` (read from the environment when absent).

    `overrides` are Flask configuration values, for tests.
    """
    settings = settings or config.load()
    app = Flask("expertpool", template_folder=str(TEMPLATES), static_folder=str(ROOT / "web" / "static"))
    crypto.use(settings.data_keys)
    fonts.use(settings.font_path)
    app.config.update(settings.flask())
    app.config.update(security.configuration(settings))
    app.config.update(overrides)
    _refresh_catalogues()
    app.before_request(_begin)
    metrics.install(app)
    logs.install(app)
    headers.install(app, settings)
    _attach_extensions(app)
    _prepare_templates(app)
    _register_rooms(app)
    _watch_requests(app)
    errors.install(app)
    wiring.connect()
    _serve_files(app, settings)
    return app


def _refresh_catalogues() -> None:
    """Compile the translations when a source is newer, as happens in a checkout."""
    for language in translations.LANGUAGES:
        folder = translations.FOLDER / language
        compiled = folder / "LC_MESSAGES" / "messages.mo"
        sources = [path.stat().st_mtime for path in folder.glob("*.po")]
        if sources and (not compiled.exists() or compiled.stat().st_mtime < max(sources)):
            try:
                translations.compile_catalogues()
            except (OSError, ValueError) as error:
                log.warning("translations were not compiled: %s", error)


def _attach_extensions(app: Flask) -> None:
    extensions.db.init_app(app)
    extensions.migrate.init_app(app, extensions.db)
    extensions.babel.init_app(
        app, locale_selector=locale.select_locale, timezone_selector=locale.select_timezone
    )
    extensions.bootstrap.init_app(app)
    extensions.compress.init_app(app)
    extensions.csrf.init_app(app)
    extensions.limiter.init_app(app)
    extensions.mail.init_app(app)
    security.install(app)


def _prepare_templates(app: Flask) -> None:
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(dates.FILTERS, faults=forms.faults_of)
    app.jinja_env.globals.update(
        **locale.globals_for_templates(),
        may=guards.may,
        here=pagination.here,
        nav_entries=navigation.entries,
        nav_search=navigation.search,
        offset_label=dates.offset_label,
        span=dates.span,
        url_if=links.url_if,
        zone_label=dates.zone_label,
    )


def _register_rooms(app: Flask) -> None:
    """Register the blueprint, the masthead entries and the search of every package in `expertpool.web`."""
    entries: list[navigation.Entry] = []
    searches: list[navigation.Search] = []
    for module in sorted(pkgutil.iter_modules(web.__path__), key=lambda found: found.name):
        if not module.ispkg or find_spec(f"expertpool.web.{module.name}.views") is None:
            continue
        room = importlib.import_module(f"expertpool.web.{module.name}")
        app.register_blueprint(importlib.import_module(f"{room.__name__}.views").blueprint)
        entries += getattr(room, "NAV", ())
        searches += [room.SEARCH] if hasattr(room, "SEARCH") else []
    app.extensions["expertpool_nav"] = sorted(entries, key=lambda entry: entry.order)
    app.extensions["expertpool_searches"] = searches


def _watch_requests(app: Flask) -> None:
    guards.declare(app, {"static": guards.PUBLIC, "bootstrap.static": guards.PUBLIC})
    app.before_request(guards.enforce)
    app.teardown_request(_end)


def _begin() -> None:
    """Number the request; have the transactions of a request that only reads begin as such.

    Runs before all extensions, which may read the user.
    """
    g.request_id = secrets.token_hex(8)
    g.reading = ExitStack()
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in READING and not getattr(view, "writes", False):
        g.reading.enter_context(database.reading())


def _end(_error: BaseException | None) -> None:
    reading = g.pop("reading", None)
    if reading is not None:
        reading.close()


def _serve_files(app: Flask, settings: config.Settings) -> None:
    """Serve static files with their hash in the address, so that browsers keep them for a year."""
    folders = {
        "static": Path(app.static_folder or ""),
        "bootstrap.static": Path(app.blueprints["bootstrap"].static_folder or ""),
    }

    @lru_cache(maxsize=None if settings.production else 0)
    def version(endpoint: str, filename: str) -> str | None:
        path = folders[endpoint] / filename
        return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else None

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint in folders and "filename" in values:
            values["v"] = version(endpoint, values["filename"])

    if settings.production:
        served = WhiteNoise(
            app.wsgi_app,
            max_age=YEAR,
            allow_all_origins=False,
            add_headers_function=partial(headers.put_on_file, settings),
        )
        for endpoint, folder in folders.items():
            prefix = "static/" if endpoint == "static" else "bootstrap/static/"
            served.add_files(str(folder), prefix=prefix)
        app.wsgi_app = served  # type: ignore[method-assign]
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
