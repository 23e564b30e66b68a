"""What Flask-Security says on our pages, and what the audit trail says of accounts, in our words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from expertpool.errors import N_

_FAILED = N_("Address or password is wrong, or the account is closed.")
_CODE = N_("This code is wrong or was used. Give the one that the app shows now.")
_SLOW = N_("That took too long. Start again.")
_PASSKEY = N_("This passkey could not be used here. Choose another, or another way to sign in.")

MESSAGES: dict[str, tuple[str, str]] = {
    "API_ERROR": (_PASSKEY, "error"),
    "GENERIC_AUTHN_FAILED": (_FAILED, "error"),
    "UNAUTHENTICATED": (N_("Sign in to see this page."), "info"),
    "UNAUTHORIZED": (N_("This page is not open to you."), "error"),
    "REAUTHENTICATION_REQUIRED": (N_("Confirm that it is you before you go on."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Confirmed. You can go on."), "success"),
    "ANONYMOUS_USER_REQUIRED": (N_("You are signed in already."), "info"),
    "DISABLED_ACCOUNT": (_FAILED, "error"),
    "USER_DOES_NOT_EXIST": (_FAILED, "error"),
    "IDENTITY_NOT_REGISTERED": (_FAILED, "error"),
    "INVALID_PASSWORD": (N_("The password is wrong."), "error"),
    "EMAIL_NOT_PROVIDED": (N_("Give your mail address."), "error"),
    "INVALID_EMAIL_ADDRESS": (N_("This is no mail address. Write it like name@example.org."), "error"),
    "PASSWORD_NOT_PROVIDED": (N_("Give your password."), "error"),
    "INVALID_REDIRECT": (N_("The address to return to is outside of this site."), "error"),
    "INVALID_INPUT": (N_("This value does not fit here."), "error"),
    "INVALID_CODE": (_CODE, "error"),
    "TWO_FACTOR_INVALID_TOKEN": (_CODE, "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (N_("Code accepted. You are signed in."), "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
        N_("The authenticator app is set up. Every sign-in now asks for its code."),
        "success",
    ),
    "TWO_FACTOR_PERMISSION_DENIED": (N_("Start by signing in with your address and password."), "error"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (N_("Choose one of the ways shown."), "error"),
    "TWO_FACTOR_DISABLED": (N_("The authenticator app is turned off."), "success"),
    "TWO_FACTOR_SETUP_EXPIRED": (_SLOW, "error"),
    "INVALID_RECOVERY_CODE": (N_("This recovery code is wrong or was used."), "error"),
    "NO_RECOVERY_CODES_SETUP": (N_("There are no recovery codes yet."), "info"),
    "WEBAUTHN_EXPIRED": (_SLOW, "error"),
    "WEBAUTHN_NAME_REQUIRED": (N_("Give the passkey a name, such as the device it is on."), "error"),
    "WEBAUTHN_NAME_INUSE": (N_("You already have a passkey named “%(name)s”. Give another name."), "error"),
    "WEBAUTHN_NAME_NOT_FOUND": (N_("You have no passkey named “%(name)s”."), "error"),
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": (
        N_("Use letters, figures, spaces, hyphens and underscores only."),
        "error",
    ),
    "WEBAUTHN_CREDENTIAL_DELETED": (N_("Removed the passkey “%(name)s”."), "success"),
    "WEBAUTHN_REGISTER_SUCCESSFUL": (N_("Added the passkey “%(name)s”."), "success"),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": (N_("This passkey is registered already."), "error"),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": (_PASSKEY, "error"),
    "WEBAUTHN_ORPHAN_CREDENTIAL_ID": (_PASSKEY, "error"),
    "WEBAUTHN_NO_VERIFY": (_PASSKEY, "error"),
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": (
        N_("This passkey was not set up for this step. Choose another."),
        "error",
    ),
    "WEBAUTHN_MISMATCH_USER_HANDLE": (_PASSKEY, "error"),
}
"""Message and category by the library's name of it; those it says only for features left off are absent."""

SENTENCES = {
    "user.user-created": _l("An account was made for %(full_name)s"),
    "user.profile-changed": _l("Name, language or time zone changed"),
    "user.email-confirmed": _l("%(email)s was confirmed as the address"),
    "user.password-set": _l("A password was set"),
    "user.second-factor-reset": _l("The second step of signing in was removed"),
    "user.second-factor-changed": _l("The second step of signing in changed: %(what)s"),
    "user.user-deactivated": _l("The account was closed: %(reason)s"),
    "user.user-activated": _l("The account was opened again"),
    "user.link-sent": _l("A link was mailed"),
    "user.signed-in": _l("Signed in"),
    "user.sign-ins-ended": _l("Signed out %(count)s browsers"),
    "user.role-granted": _l("Got the role %(role)s"),
    "user.role-revoked": _l("Lost the role %(role)s"),
    "audit.verification-asked": _l("A verification of the audit trail was asked for"),
    "audit.chain-verified": _l("The audit trail was verified: %(checked)s entries are whole"),
    "audit.chain-broken": _l("The audit trail is broken after %(checked)s entries: %(problem)s"),
    "person.person-looked-at": _l("An auditor opened the page"),
    "panel.panel-looked-at": _l("An auditor opened the page"),
}
"""What happened, by event; places are the event's values."""
