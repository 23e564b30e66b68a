"""Users and their roles."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.access import policy, queries, service
from expertpool.access.models import Grant, Role
from expertpool.accounts import links
from expertpool.accounts import service as accounts
from expertpool.accounts.models import Purpose, User
from expertpool.audit import queries as trail
from expertpool.errors import N_, ExpertPoolError, Forbidden, Invalid, NotFound
from expertpool.extensions import db
from expertpool.web.admin import job_views, trail_words
from expertpool.web.admin.audit_views import audit, verify
from expertpool.web.admin.forms import GrantForm, InviteForm, ReasonForm
from expertpool.web.admin.places import organisation_named
from expertpool.web.admin.sentences import speaker
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.kit.locale import language
from expertpool.web.kit.pagination import paginate

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
blueprint.add_url_rule("/audit", "audit", audit)
blueprint.add_url_rule("/audit/verify", "verify", verify, methods=["POST"])
blueprint.add_url_rule("/jobs", "jobs", job_views.jobs)
blueprint.add_url_rule("/jobs/<name>", "job", job_views.job)
blueprint.add_url_rule("/jobs/<name>/run", "ask", job_views.ask, methods=["POST"])


@blueprint.get("/users")
@guards.requires("accounts.manage")
def users() -> ResponseReturnValue:
    """The users that the administrator manages, by name; `?q=` searches names and addresses."""
    text = request.args.get("q", "").strip()
    scope = guards.grants().scope("accounts.manage")
    page = paginate(db.session, queries.users(scope, text))
    roles = queries.roles_of(db.session, [user.id for user in page.rows])
    return render_template("admin/users.html", page=page, roles=roles, q=text, role_names=service.NAMES)


@blueprint.route("/users/new", methods=["GET", "POST"])
@guards.requires("accounts.manage")
def invite() -> ResponseReturnValue:
    """Make an account, give it a role, and mail a link by which its user sets a password."""
    form = InviteForm()
    if form.validate_on_submit():
        try:
            user = _invited(form)
            db.session.commit()
        except ExpertPoolError as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(gettext("Invited %(name)s. The link works for 14 days.", name=user.name), "success")
            return redirect(url_for("admin.user", user_id=user.id))
    return render_template("admin/invite.html", form=form), 400 if form.faults else 200


def _invited(form: InviteForm) -> User:
    now, actor = clock.now(), guards.actor()
    place = organisation_named(db.session, form.organisation.data)
    if guards.grants().scope("accounts.manage") is not None and not form.role.data:
        raise Invalid(N_("Choose a role within your organisation."), field="role")
    user = accounts.create_user(
        db.session, email=form.email.data or "", name=form.name.data or "", actor=actor, now=now
    )
    if form.role.data:
        role = Role(form.role.data)
        service.grant(db.session, user, role, organisation_id=place, reason="", actor=actor, now=now)
    links.send(db.session, user, Purpose.INVITE, locale=language(), actor=actor, now=now)
    return user


@blueprint.get("/users/<int:user_id>")
@guards.requires("accounts.manage")
def user(user_id: int) -> ResponseReturnValue:
    """One user: roles now and before, and what an administrator may do."""
    return _user_page(_managed(user_id), GrantForm(formdata=None)), 200


@blueprint.post("/users/<int:user_id>/grants")
@guards.requires("accounts.manage")
def grant(user_id: int) -> ResponseReturnValue:
    """Give the user a role."""
    found, form = _managed(user_id), GrantForm()
    if form.validate_on_submit():
        try:
            service.grant(
                db.session,
                found,
                Role(form.role.data),
                organisation_id=organisation_named(db.session, form.organisation.data),
                reason=form.reason.data or "",
                actor=guards.actor(),
                now=clock.now(),
            )
            db.session.commit()
        except ExpertPoolError as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(gettext("%(name)s has the role now.", name=found.name), "success")
            return redirect(url_for("admin.user", user_id=user_id))
    return _user_page(found, form), 400


@blueprint.post("/users/<int:user_id>/grants/<int:grant_id>/revoke")
@guards.requires("accounts.manage")
def revoke(user_id: int, grant_id: int) -> ResponseReturnValue:
    """Take a role back."""
    found, form = _managed(user_id), ReasonForm()
    held = db.session.get(Grant, grant_id)
    if held is None or held.user_id != found.id:
        raise NotFound(N_("There is no such role of this user."))

    def verb() -> None:
        service.revoke(db.session, held, reason=form.reason.data or "", actor=guards.actor(), now=clock.now())

    return _do(found, verb, gettext("The role is revoked."))


@blueprint.post("/users/<int:user_id>/close")
@guards.requires("accounts.manage")
def close(user_id: int) -> ResponseReturnValue:
    """Close the account."""
    found, form = _managed(user_id), ReasonForm()

    def verb() -> None:
        service.deactivate(
            db.session, found, reason=form.reason.data or "", actor=guards.actor(), now=clock.now()
        )

    return _do(found, verb, gettext("The account of %(name)s is closed.", name=found.name))


@blueprint.post("/users/<int:user_id>/open")
@guards.requires("accounts.manage")
def reopen(user_id: int) -> ResponseReturnValue:
    """Open a closed account again."""
    found = _managed(user_id)

    def verb() -> None:
        service.activate(db.session, found, actor=guards.actor(), now=clock.now())

    return _do(found, verb, gettext("The account of %(name)s is open again.", name=found.name))


@blueprint.post("/users/<int:user_id>/reset-second-factor")
@guards.requires("accounts.manage")
def reset_second_factor(user_id: int) -> ResponseReturnValue:
    """Remove the user's authenticator app, recovery codes and passkeys."""
    found = _managed(user_id)

    def verb() -> None:
        service.reset_second_factor(db.session, found, actor=guards.actor(), now=clock.now())

    done = gettext("%(name)s now signs in without a second step, and can set one up again.", name=found.name)
    return _do(found, verb, done)


@blueprint.post("/users/<int:user_id>/invite")
@guards.requires("accounts.manage")
def invite_again(user_id: int) -> ResponseReturnValue:
    """Mail a new link of invitation."""
    found = _managed(user_id)

    def verb() -> None:
        if not found.active or found.password:
            raise Invalid(N_("Only who has not set a password yet can be invited again."))
        sent = links.send(
            db.session, found, Purpose.INVITE, locale=language(), actor=guards.actor(), now=clock.now()
        )
        if sent is None:
            raise Invalid(N_("A link was sent less than a minute ago."))

    return _do(found, verb, gettext("A new link is on its way to %(email)s.", email=found.email))


def _managed(user_id: int) -> User:
    """Return a user that the administrator sees; raises `NotFound` for all others."""
    scope = guards.grants().scope("accounts.manage")
    found = db.session.scalars(queries.users(scope).where(User.id == user_id)).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such user, or none that you manage."))
    return found


def _do(found: User, verb: Callable[[], None], done: str) -> ResponseReturnValue:
    """Do the verb, or say on the user's page why not."""
    try:
        verb()
        db.session.commit()
    except (Invalid, Forbidden) as error:
        db.session.rollback()
        flash(error.sentence.translated(gettext), "error")
    else:
        flash(done, "success")
    return redirect(url_for("admin.user", user_id=found.id))


def _user_page(found: User, form: GrantForm) -> str:
    scope = guards.grants().scope(policy.MANAGE)
    places = queries.places_of(db.session, found.id)
    entries = trail.trail(db.session, "user", found.id, now=clock.now(), limit=10).entries
    return render_template(
        "admin/user.html",
        user=found,
        form=form,
        grants=queries.history_of(db.session, found.id),
        role_names=service.NAMES,
        is_oneself=found.id == guards.user().id,
        is_whole=scope is None or bool(places and places <= scope),
        entries=entries,
        scope=scope,
        sentence=speaker(db.session, entries),
        trail_words=trail_words,
    )
