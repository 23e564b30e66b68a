"""Flask-Security, set up for this application: password, authenticator app, passkeys.

Its mailed links are not used: they act on GET and keep the token in the address. Ours: `accounts.links`.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from functools import partial
from typing import Any, cast

from flask import Flask, Response, current_app, g, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user, user_logged_out
from flask_security import (
    RoleMixin,
    Security,
    SQLAlchemyUserDatastore,
    UserMixin,
    login_user,
    logout_user,
    user_authenticated,
)
from flask_security.mail_util import MailUtil
from flask_security.signals import signals as security_signals
from flask_security.totp import Totp
from passlib.totp import TotpMatch  # type: ignore[import-untyped]

import config
from expertpool import clock, translations
from expertpool.accounts import service, sign_ins
from expertpool.accounts.models import Passkey, User
from expertpool.accounts.sealed import tagged
from expertpool.events import Actor
from expertpool.extensions import db, limiter
from expertpool.settings import crypto
from expertpool.web.accounts.passkeys import Passkeys
from expertpool.web.accounts.wording import MESSAGES
from expertpool.web.kit import guards

GUARDS = {
    "security.static": guards.PUBLIC,
    "security.login": guards.PUBLIC,
    "security.logout": guards.PUBLIC,
    "security.verify": guards.SIGNED_IN,
    "security.two_factor_setup": guards.SIGNED_IN,
    "security.two_factor_setup_validate": guards.SIGNED_IN,
    "security.two_factor_token_validation": guards.PUBLIC,
    "security.two_factor_rescue": guards.NOBODY,
    "security.tf_select": guards.PUBLIC,
    "security.mf_recovery_codes": guards.SIGNED_IN,
    "security.mf_recovery": guards.PUBLIC,
    "security.wan_register": guards.SIGNED_IN,
    "security.wan_register_response": guards.SIGNED_IN,
    "security.wan_signin": guards.PUBLIC,
    "security.wan_signin_response": guards.PUBLIC,
    "security.wan_delete": guards.SIGNED_IN,
    "security.wan_verify": guards.SIGNED_IN,
    "security.wan_verify_response": guards.SIGNED_IN,
}
"""Who may open the library's pages; those between the two factors of a sign-in check their own state."""

ATTEMPTS = "10 per minute; 60 per hour"
"""Failed attempts to sign in as one mail address."""
ATTEMPTS_OF_NETWORK = "60 per minute; 600 per hour"
"""Failed attempts from one network address: a whole office may share it."""
GUESSED = (
    "security.login",
    "security.two_factor_token_validation",
    "security.mf_recovery",
    "security.verify",
)
"""Pages where a secret could be guessed, for one account."""
ATTEMPTED = (*GUESSED, "security.wan_signin", "security.wan_signin_response")
FRESH = timedelta(hours=1)
"""How long a proof of identity is good for what touches the account itself."""
CHANGES = {
    "tf-profile-changed": "authenticator on",
    "tf-disabled": "authenticator off",
    "wan-registered": "passkey added",
    "wan-deleted": "passkey removed",
}
"""What the library tells of, and how the audit trail names it."""
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
KEY = "sign_in"
"""Where the session keeps the secret of its sign-in."""


class Store(SQLAlchemyUserDatastore):
    """Finds users by their address as it is kept, so that its index serves."""

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> User | None:
        if "email" in kwargs:
            kwargs = {"email": kwargs["email"].strip().lower()}
        return cast("User | None", super().find_user(case_insensitive=False, **kwargs))


class OnceTotp(Totp):
    """Codes of authenticator apps, each accepted once; secrets are sealed with the newest data key."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        super().__init__(secrets, issuer)
        self._totp.wallet.default_tag = next(iter(secrets))

    def get_last_counter(self, user: UserMixin) -> int | None:
        return cast(User, user).totp_counter

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        cast(User, user).totp_counter = tmatch.counter


class NoMail(MailUtil):
    """Refuses to send: mails of accounts go through the outbox (`accounts.links`)."""

    def normalize(self, email: str) -> str:
        return str(super().normalize(email.strip()))

    def send_mail(self, template: str, *_values: Any, **_more: Any) -> None:
        raise RuntimeError(f"{template} would bypass the outbox")


def configuration(settings: config.Settings) -> dict[str, Any]:
    """Return the library's configuration."""
    secure = {"httponly": True, "secure": settings.https, "samesite": "Strict"}
    return {
        "SECURITY_PASSWORD_SALT": "unused: each hash has its own",
        "SECURITY_PASSWORD_SINGLE_HASH": True,
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
        "SECURITY_PASSWORD_LENGTH_MIN": 10,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_TOTP_SECRETS": tagged(settings.data_keys),
        "SECURITY_TOTP_ISSUER": "ExpertPool",
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": "ExpertPool",
        "SECURITY_WAN_ALLOW_USER_HINTS": False,  # they tell who has an account
        "SECURITY_WAN_SIGNIN_WITHIN": timedelta(minutes=5),
        "SECURITY_WAN_POST_REGISTER_VIEW": "/account/passkeys",
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_DATETIME_FACTORY": clock.now,
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_FRESHNESS": FRESH,
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=10),
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_VERIFY_URL": "/account/verify",
        "SECURITY_TWO_FACTOR_SETUP_URL": "/account/authenticator",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
        "SECURITY_TWO_FACTOR_RESCUE_URL": "/sign-in/help",
        "SECURITY_TWO_FACTOR_SELECT_URL": "/sign-in/second",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/account",
        "SECURITY_TWO_FACTOR_VALIDITY_COOKIE": secure,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery",
        "SECURITY_WAN_REGISTER_URL": "/account/passkeys",
        "SECURITY_WAN_SIGNIN_URL": "/sign-in/passkey",
        "SECURITY_WAN_DELETE_URL": "/account/passkeys/delete",
        "SECURITY_WAN_VERIFY_URL": "/account/verify-passkey",
        "SECURITY_I18N_DOMAIN": "messages",
        "SECURITY_I18N_DIRNAME": [str(translations.FOLDER)],
        "SECURITY_CLI_USERS_NAME": False,
        "SECURITY_CLI_ROLES_NAME": False,
        **{f"SECURITY_MSG_{name}": message for name, message in MESSAGES.items()},
    }


def install(app: Flask) -> None:
    """Attach the library, guard its routes, limit attempts, keep the list of sign-ins."""
    crypto.use(app.config["EXPERTPOOL"].data_keys)
    store = Store(db, User, RoleMixin, Passkey)
    Security(app, store, totp_cls=OnceTotp, mail_util_cls=NoMail, webauthn_util_cls=Passkeys)
    guards.declare(app, GUARDS)
    app.jinja_env.filters["device"] = device_name
    app.jinja_env.globals["passkeys_work"] = app.config["EXPERTPOOL"].passkeys_work
    for endpoint in ATTEMPTED:
        counted: dict[str, Any] = {"methods": ["POST"], "deduct_when": has_failed}
        view = limiter.limit(ATTEMPTS_OF_NETWORK, **counted)(app.view_functions[endpoint])
        if endpoint in GUESSED:
            view = limiter.limit(ATTEMPTS, key_func=attempted_account, **counted)(view)
        app.view_functions[endpoint] = cast(Any, view)
    user_authenticated.connect(_signed_in, app)
    user_logged_out.connect(_signed_out, app)
    for signal, what in CHANGES.items():
        security_signals.signal(signal).connect(partial(_changed, what), app, weak=False)
    app.before_request(_leave_ended_sign_in)


def asked_address() -> str:
    """Return the mail address that a form names, hashed: what attempts are counted by."""
    address = request.form.get("email", "").strip().lower()
    return hashlib.sha256(address.encode()).hexdigest() if address else f"network:{request.remote_addr}"


def attempted_account() -> str:
    """Return whose sign-in is tried, hashed: an address, or who is between the two steps."""
    return str(session.get("tf_user_id") or session.get("_user_id") or asked_address())


def has_failed(response: Response) -> bool:
    """Return whether a form was answered by itself again instead of leading on."""
    return response.status_code not in (302, 303)


def enter(user: User, means: str) -> ResponseReturnValue | None:
    """Sign a proven user in; return the page of the second factor when there is one to ask for."""
    asked: ResponseReturnValue | None = current_app.extensions["security"].two_factor_plugins.tf_enter(
        user, False, means, next_loc=None
    )
    if asked is None:
        login_user(user, authn_via=[means])
    return asked


def device_name(agent: str) -> str:
    """Return what a browser calls itself in few words: `Firefox, Windows`."""
    browser = next((name for mark, name in BROWSERS if mark in agent), None)
    system = next((name for mark, name in SYSTEMS if mark in agent), None)
    return ", ".join(part for part in (browser, system) if part) or agent[:40] or "?"


def sign_in_key() -> str:
    """Return the secret of this browser's sign-in."""
    return str(session.get(KEY, ""))


def _signed_in(_app: Flask, user: User, authn_via: list[str] | None = None, **_more: Any) -> None:
    """Begin a sign-in with new secrets, so that nothing known before it is worth anything after."""
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)
    session[KEY] = secrets.token_urlsafe(32)
    sign_ins.start(
        db.session,
        user,
        key=session[KEY],
        address=request.remote_addr,
        device=request.user_agent.string,
        means=authn_via or [],
        actor=Actor(user.id, user.name, request_id=g.request_id),
        now=clock.now(),
    )


def _changed(what: str, _app: Flask, user: User, **_more: Any) -> None:
    service.note_change_of_ways(db.session, user, what, actor=guards.actor(), now=clock.now())


def _signed_out(_app: Flask, **_more: Any) -> None:
    key = session.pop(KEY, None)
    if key:
        sign_ins.end_by_key(db.session, key, now=clock.now())
        db.session.commit()


def _leave_ended_sign_in() -> None:
    """Sign out a browser whose sign-in was ended from elsewhere."""
    if request.endpoint in ("static", "bootstrap.static", "security.static"):
        return
    if current_user.is_authenticated and not sign_ins.is_open(db.session, current_user.id, sign_in_key()):
        session.pop(KEY, None)
        logout_user()
