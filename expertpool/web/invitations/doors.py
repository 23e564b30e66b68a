"""Two ways to one's invitation: the mailed link, and one's own pages.

The link's token moves at once from the address into a signed cookie that only `/invitation` sees and
that names nothing but the invitation. Following a link changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from expertpool.errors import N_, NotFound
from expertpool.events import Actor
from expertpool.extensions import db, limiter
from expertpool.invitations import links, queries
from expertpool.invitations.models import Channel, Invitation
from expertpool.notifications.people import readers
from expertpool.people import queries as people
from expertpool.web.invitations.blueprint import blueprint
from expertpool.web.kit import guards, locale

COOKIE = "invitation"
LIFETIME = 2 * 3600
"""Seconds that an opened link waits for its answer."""
MISSES = "20 per minute; 200 per hour"
"""Links that open nothing, from one network."""

GONE = 410


def _missed(response: Response) -> bool:
    return response.status_code == GONE


@dataclass(frozen=True)
class Door:
    """An invitation, who answers it, by which way, and the address of its page."""

    invitation: Invitation
    actor: Actor
    by: Channel
    url: str
    calendar_url: str


@blueprint.get("/i/<token>")
@guards.public
@limiter.limit(MISSES, deduct_when=_missed)
def follow(token: str) -> ResponseReturnValue:
    """Move the token of a mailed link from the address into a cookie."""
    invitation = links.find(db.session, token)
    if invitation is None:
        return unknown()
    page = url_for("invitations.answer")
    response = current_app.make_response(redirect(page, 303))
    response.set_cookie(
        COOKIE,
        _signer().dumps(invitation.id),
        max_age=LIFETIME,
        path=page,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    if locale.COOKIE not in request.cookies:
        locale.remember(response, locale.COOKIE, _language_of(invitation))
    return quiet(response)


def by_link() -> Door | None:
    """Return the invitation whose link was followed in this browser."""
    try:
        number = _signer().loads(request.cookies.get(COOKIE, ""), max_age=LIFETIME)
    except BadSignature:
        return None
    invitation = queries.find(db.session, number)
    if invitation is None:
        return None
    person = invitation.person
    actor = Actor(person.user_id, person.name, via="mail", request_id=g.request_id)
    return Door(
        invitation,
        actor,
        Channel.MAIL,
        url_for("invitations.answer"),
        url_for("invitations.calendar"),
    )


def signed_in(invitation_id: int) -> Door:
    """Return an invitation of the signed-in person; NotFound for everybody else's."""
    myself = people.of_user(db.session, guards.user().id)
    invitation = queries.find(db.session, invitation_id)
    if invitation is None or invitation.person_id != myself.id:
        raise NotFound(N_("There is no such invitation."))
    return Door(
        invitation,
        guards.actor(),
        Channel.PAGE,
        url_for("invitations.answer_mine", invitation_id=invitation_id),
        url_for("invitations.calendar_of_mine", invitation_id=invitation_id),
    )


def unknown() -> Response:
    """Answer a link that is not, or no longer, known."""
    return quiet(current_app.make_response((render_template("invitations/unknown.html"), GONE)))


def quiet(response: Response) -> Response:
    """Keep the answer out of caches, and its address out of the next request."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer" if request.view_args else "same-origin"
    return response


def _language_of(invitation: Invitation) -> str:
    """Return the language in which the person is written to."""
    found = readers(db.session, [invitation.person_id])
    return found[0].locale if found else locale.default_locale()


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="invitation")
