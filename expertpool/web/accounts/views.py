"""Pages of one's own account."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, refresh
from flask_security import verify_password
from flask_security.utils import check_and_update_authn_fresh, get_request_attr
from flask_security.utils import login_user as sign_in_again

from expertpool import clock
from expertpool.access.queries import history_of
from expertpool.access.service import NAMES
from expertpool.accounts import links, service, sign_ins
from expertpool.accounts.models import Purpose, User
from expertpool.errors import Invalid
from expertpool.extensions import db, limiter
from expertpool.web.accounts.forms import ChangePasswordForm, EmailForm, ProfileForm
from expertpool.web.accounts.link_views import add_link_routes
from expertpool.web.accounts.security import ATTEMPTS, FRESH, sign_in_key
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.kit.locale import language

blueprint = Blueprint("accounts", __name__)
add_link_routes(blueprint)


@blueprint.get("/account")
@guards.signed_in
def account() -> ResponseReturnValue:
    """The signed-in user's own account."""
    user = guards.user()
    opened = sign_ins.open_of(db.session, user.id)
    return render_template(
        "accounts/account.html",
        user=user,
        role_names=NAMES,
        grants=[held for held in history_of(db.session, user.id) if held.revoked_at is None],
        sign_ins=[(sign_in, sign_ins.is_key_of(sign_in, sign_in_key())) for sign_in in opened],
    )


@blueprint.route("/account/profile", methods=["GET", "POST"])
@guards.signed_in
def profile() -> ResponseReturnValue:
    """Change one's name, language and time zone."""
    user = guards.user()
    form = ProfileForm(obj=user)
    if form.validate_on_submit():
        try:
            service.change_profile(
                db.session,
                user,
                name=form.name.data or "",
                locale=form.locale.data or None,
                timezone=form.timezone.data or None,
                actor=guards.actor(),
                now=clock.now(),
            )
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            refresh()
            flash(gettext("Saved your name, language and time zone."), "success")
            return redirect(url_for("accounts.account"))
    return render_template("accounts/profile.html", form=form), 400 if form.faults else 200


@blueprint.route("/account/password", methods=["GET", "POST"])
@guards.signed_in
@limiter.limit(ATTEMPTS, methods=["POST"])
def password() -> ResponseReturnValue:
    """Change one's password; every other browser is signed out."""
    user = guards.user()
    form = ChangePasswordForm()
    if user.password is None:
        if stale := _ask_again():
            return stale
        del form.present
    if form.validate_on_submit() and _is_present(user, form):
        service.set_password(
            db.session, user, form.password.data or "", actor=guards.actor(), now=clock.now()
        )
        sign_in_again(user, authn_via=["password"])
        db.session.commit()
        flash(gettext("Your password is changed. All other browsers are signed out."), "success")
        return redirect(url_for("accounts.account"))
    return render_template("accounts/password.html", form=form), 400 if form.faults else 200


def _is_present(user: User, form: ChangePasswordForm) -> bool:
    if user.password is None or verify_password(form.present.data or "", user.password):
        return True
    form.present.errors = [gettext("The password is wrong.")]
    return False


@blueprint.route("/account/email", methods=["GET", "POST"])
@guards.signed_in
@limiter.limit("5 per minute; 20 per hour", methods=["POST"])
def email() -> ResponseReturnValue:
    """Ask to change one's mail address, or to confirm the present one."""
    if stale := _ask_again():
        return stale
    form = EmailForm()
    if form.validate_on_submit():
        try:
            address = service.normal_email(form.email.data or "")
            # Whether the address is another's is said only to who reads mail there.
            links.send(
                db.session,
                guards.user(),
                Purpose.CONFIRM,
                locale=language(),
                actor=guards.actor(),
                now=clock.now(),
                email=address,
            )
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(
                gettext("A link is on its way to %(email)s. Press its button there.", email=address), "info"
            )
            return redirect(url_for("accounts.account"))
    return render_template("accounts/email.html", form=form), 400 if form.faults else 200


@blueprint.post("/account/sign-ins/<int:sign_in_id>/end")
@guards.signed_in
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """End one of one's own sign-ins."""
    ended = sign_ins.end(
        db.session, guards.user().id, sign_in_id=sign_in_id, actor=guards.actor(), now=clock.now()
    )
    if not ended:
        abort(404)
    db.session.commit()
    flash(gettext("That browser is signed out."), "success")
    return redirect(url_for("accounts.account"))


@blueprint.post("/account/sign-ins/end-others")
@guards.signed_in
def end_other_sign_ins() -> ResponseReturnValue:
    """End all of one's sign-ins but this."""
    sign_ins.end(
        db.session, guards.user().id, except_key=sign_in_key(), actor=guards.actor(), now=clock.now()
    )
    db.session.commit()
    flash(gettext("All other browsers are signed out."), "success")
    return redirect(url_for("accounts.account"))


def _ask_again() -> ResponseReturnValue | None:
    """Return the page that asks who it is, when the last proof is older than an hour."""
    if check_and_update_authn_fresh(FRESH, FRESH, get_request_attr("fs_authn_via")):
        return None
    return redirect(url_for("security.verify", next=url_for("accounts.account")))
