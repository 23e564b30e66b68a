"""Mailed links: ask for one, follow it, press its button.

Following a link moves its token at once from the address into a narrow cookie; only the button,
a POST, changes anything.
"""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.accounts import links, service
from expertpool.accounts.models import Link, Purpose
from expertpool.errors import Invalid
from expertpool.events import Actor
from expertpool.extensions import db, limiter
from expertpool.web.accounts.forms import ConfirmForm, LinkForm, NewPasswordForm
from expertpool.web.accounts.security import asked_address, enter
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.kit.locale import language

COOKIE = "account_link"
LIFETIME = 30 * 60
"""Seconds that an opened link waits for its button."""
AFTER = "after_link"
"""Where the session keeps the page of this site that a link leads on to."""
LIMIT = "5 per minute; 20 per hour"
"""Links for one mail address."""
LIMIT_OF_NETWORK = "30 per minute; 300 per hour"


def add_link_routes(blueprint: Blueprint) -> None:
    """Give the blueprint the pages of mailed links."""
    blueprint.add_url_rule("/sign-in/mail", "ask_link", ask_link, methods=["GET", "POST"])
    blueprint.add_url_rule(f"{links.PATH}<token>", "follow_link", follow_link)
    blueprint.add_url_rule(links.PATH, "open_link", open_link, methods=["GET", "POST"])


@guards.public
@limiter.limit(LIMIT_OF_NETWORK, methods=["POST"])
@limiter.limit(LIMIT, methods=["POST"], key_func=asked_address)
def ask_link() -> ResponseReturnValue:
    """Send a link to sign in or to set a password; the answer is the same for every address."""
    form = LinkForm()
    if not form.validate_on_submit():
        return render_template("accounts/ask_link.html", form=form), 400 if form.faults else 200
    try:
        address = service.normal_email(form.email.data or "")
    except Invalid as error:
        put_error(form, error)
        return render_template("accounts/ask_link.html", form=form), 400
    links.ask(db.session, address, Purpose(form.purpose.data), locale=language(), now=clock.now())
    db.session.commit()
    return render_template("accounts/link_sent.html", email=address)


@guards.public
def follow_link(token: str) -> ResponseReturnValue:
    """Move the token from the address into a cookie that only `/link/` sees."""
    response = Response(status=303, headers={"Location": url_for("accounts.open_link")})
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(
        COOKIE, token, max_age=LIFETIME, path=links.PATH, httponly=True, samesite="Lax", secure=secure
    )
    return _quiet(response)


@guards.public
@limiter.limit("30 per minute", methods=["POST"])
def open_link() -> ResponseReturnValue:
    """The page of an opened link, and what its button does."""
    link = links.find(db.session, request.cookies.get(COOKIE, ""), now=clock.now())
    if link is None:
        return _quiet(current_app.make_response((render_template("accounts/link_over.html"), 410)))
    needs_password = link.purpose in (Purpose.INVITE, Purpose.RESET)
    form = NewPasswordForm() if needs_password else ConfirmForm()
    if form.validate_on_submit():
        try:
            return _forget(_act(link, form))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    page = render_template("accounts/link.html", link=link, form=form, needs_password=needs_password)
    return _quiet(current_app.make_response((page, 400 if form.faults else 200)))


def _act(link: Link, form: ConfirmForm | NewPasswordForm) -> ResponseReturnValue:
    """Do what the link is for; then go where the user goes on."""
    user, now = link.user, clock.now()
    actor = Actor(user.id, user.name, via="mail")
    answer: ResponseReturnValue | None = None
    if link.purpose is Purpose.CONFIRM:
        links.confirm(db.session, link, actor=actor, now=now)
        flash(gettext("%(email)s is confirmed as your address.", email=link.email), "success")
    elif link.purpose is Purpose.SIGN_IN:
        links.confirm(db.session, link, actor=actor, now=now)
        answer = enter(user, "link")
    else:
        links.set_password(db.session, link, form.password.data or "", actor=actor, now=now)
        flash(gettext("Your password is set."), "success")
        answer = enter(user, "link")
    db.session.commit()
    return answer or redirect(session.pop(AFTER, None) or url_for("home.index"))


def _forget(answer: ResponseReturnValue) -> Response:
    response = current_app.make_response(answer)
    response.delete_cookie(COOKIE, path=links.PATH)
    return _quiet(response)


def _quiet(response: Response) -> Response:
    """Keep the answer out of caches, and its address out of the next request."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer" if request.view_args else "same-origin"
    return response
