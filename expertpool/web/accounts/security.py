"""Flask-Security, set up for this application: password, authenticator app, passkeys.

Its mailed links are not used: they act on GET and keep the token in the address. See `links.py`.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_security import RoleMixin, SQLAlchemyUserDatastore
from flask_security.totp import Totp
from passlib.totp import TotpMatch

import config
from expertpool import clock, extensions, translations
from expertpool.accounts.models import Passkey, User
from expertpool.web.kit import guards

GUARDS = {
    "security.static": guards.PUBLIC,
    "security.login": guards.PUBLIC,
    "security.logout": guards.PUBLIC,
    "security.verify": guards.SIGNED_IN,
    "security.change_password": guards.SIGNED_IN,
    "security.two_factor_setup": guards.PUBLIC,
    "security.two_factor_setup_validate": guards.PUBLIC,
    "security.two_factor_token_validation": guards.PUBLIC,
    "security.two_factor_rescue": guards.PUBLIC,
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


class OnceTotp(Totp):  # type: ignore[misc]
    """Codes of authenticator apps, each accepted once."""

    def get_last_counter(self, user: User) -> int | None:
        return user.totp_counter

    def set_last_counter(self, user: User, tmatch: TotpMatch) -> None:
        user.totp_counter = tmatch.counter


def configuration(settings: config.Settings) -> dict[str, Any]:
    """Return the library's configuration."""
    secure = {"httponly": True, "secure": settings.https, "samesite": "Strict"}
    keys = {hashlib.sha256(key.encode()).hexdigest()[:8]: key for key in settings.data_keys}
    return {
        "SECURITY_PASSWORD_SALT": "unused: each hash has its own",
        "SECURITY_PASSWORD_SINGLE_HASH": True,
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
        "SECURITY_PASSWORD_LENGTH_MIN": 10,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_TOTP_SECRETS": keys,
        "SECURITY_TOTP_ISSUER": "ExpertPool",
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": "ExpertPool",
        "SECURITY_WAN_POST_REGISTER_VIEW": "/account",
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_DATETIME_FACTORY": clock.now,
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_FRESHNESS": timedelta(hours=1),
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=10),
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_VERIFY_URL": "/account/verify",
        "SECURITY_CHANGE_URL": "/account/password",
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
        "SECURITY_POST_CHANGE_VIEW": "/account",
        "SECURITY_I18N_DOMAIN": "messages",
        "SECURITY_I18N_DIRNAME": [str(translations.FOLDER)],
        "SECURITY_CLI_USERS_NAME": False,
        "SECURITY_CLI_ROLES_NAME": False,
    }


def install(app: Flask) -> None:
    """Attach the library, guard its routes."""
    store = SQLAlchemyUserDatastore(extensions.db, User, RoleMixin, Passkey)
    extensions.security.init_app(app, store, totp_cls=OnceTotp)
    guards.declare(app, GUARDS)
