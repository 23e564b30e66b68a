"""Who may open a route. Deny by default: a view without a guard answers 403.

The decorator stands below the route and only marks the view; `enforce` checks before each request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from expertpool import clock
from expertpool.access.events import LOOKS
from expertpool.access.models import Role
from expertpool.access.queries import NOTHING, Grants, grants_of
from expertpool.accounts.models import User
from expertpool.audit import service as audit
from expertpool.errors import N_, Forbidden
from expertpool.events import Actor
from expertpool.extensions import db

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed-in"
NOBODY = "nobody"
"""For endpoints of libraries that stay closed."""


def public(view: View) -> View:
    """Let everybody open the view, signed in or not."""
    return _mark(view, PUBLIC)


def signed_in(view: View) -> View:
    """Let every signed-in user open the view."""
    return _mark(view, SIGNED_IN)


def requires(permission: str) -> Callable[[View], View]:
    """Let those open the view who hold a role with `permission`, in whatever scope."""
    return lambda view: _mark(view, permission)


def writes(view: View) -> View:
    """Say that the view writes although it answers GET: its transaction then locks at once."""
    view.writes = True  # type: ignore[attr-defined]
    return view


def declare(app: Flask, guards: Mapping[str, str]) -> None:
    """Give guards to endpoints whose views belong to a library."""
    app.extensions.setdefault("expertpool_guards", {}).update(guards)


def guard_of(app: Flask, endpoint: str) -> str | None:
    """Return the guard of an endpoint: `public`, `signed-in`, a permission, or None."""
    declared: str | None = app.extensions.get("expertpool_guards", {}).get(endpoint)
    return declared or getattr(app.view_functions[endpoint], "guard", None)


def enforce() -> ResponseReturnValue | None:
    """Check the guard of the requested endpoint; runs before every request."""
    if request.endpoint is None:
        return None
    guard = guard_of(current_app, request.endpoint)
    if guard == PUBLIC:
        return None
    if guard is None or guard == NOBODY:
        raise Forbidden(N_("This page is not open to you."))
    if not current_user.is_authenticated:
        return redirect(sign_in_url())
    if guard != SIGNED_IN and not may(guard):
        raise Forbidden(N_("Your roles do not open this page. An administrator can grant one that does."))
    return None


def sign_in_url() -> str:
    """Return the address of the sign-in page that leads back here (a form that was sent is not repeated)."""
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return url_for("security.login", next=back)


def user() -> User:
    """Return the signed-in user."""
    signed: User = current_user._get_current_object()
    if not signed.is_authenticated:
        raise Forbidden(N_("Sign in first."))
    return signed


def grants() -> Grants:
    """Return what the signed-in user holds; nothing for anybody else. Read once a request."""
    if not current_user.is_authenticated:
        return NOTHING
    if "grants" not in g:
        g.grants = grants_of(db.session, current_user.id)
    found: Grants = g.grants
    return found


def may(permission: str) -> bool:
    """Return whether the reader holds `permission` in whatever scope; `signed-in` and `public` also work."""
    if permission == PUBLIC:
        return True
    if permission == SIGNED_IN:
        return bool(current_user.is_authenticated)
    return grants().may(permission)


def require_scope(permission: str, organisation_id: int | None) -> None:
    """Raise `Forbidden` unless `permission` covers a thing of that organisation."""
    if not grants().covers(permission, organisation_id):
        raise Forbidden(N_("This belongs to an organisation outside of your role."))


def actor() -> Actor:
    """Return who acts in this request."""
    if current_user.is_authenticated:
        return Actor(current_user.id, current_user.name, via="web", request_id=g.request_id)
    return Actor(None, "", via="web", request_id=g.request_id)


def record_look(kind: str, subject_id: int) -> None:
    """Record that an auditor looked at a `person` or a `panel`; other readers leave no trace.

    Writes in a short transaction of its own, so that the page itself stays a read.
    """
    if Role.AUDITOR not in grants().roles:
        return
    with Session(db.engine) as session:
        audit.record(session, LOOKS[kind](subject_id), actor=actor(), now=clock.now())
        session.commit()


def _mark(view: View, guard: str) -> View:
    view.guard = guard  # type: ignore[attr-defined]
    return view
