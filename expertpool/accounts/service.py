"""Make, change and close accounts."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime

import sqlalchemy as sa
from argon2 import PasswordHasher
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from expertpool.accounts import events
from expertpool.accounts.models import User
from expertpool.accounts.notices import tell
from expertpool.audit import service as audit
from expertpool.errors import N_, Invalid
from expertpool.events import Actor

PASSWORD_LENGTH = 10
"""Fewest characters of a password."""


def create_user(
    session: Session,
    *,
    email: str,
    name: str,
    actor: Actor,
    now: datetime,
    password: str | None = None,
    confirmed: bool = False,
    locale: str | None = None,
) -> User:
    """Make an account. Without a password the user sets one by a mailed link.

    Raises `Invalid` for an address that is none or has an account.
    """
    address = normal_email(email)
    if find_user(session, address):
        raise Invalid(N_("%(email)s already has an account."), field="email", email=address)
    if not name.strip():
        raise Invalid(N_("Give a name."), field="name")
    user = User(
        email=address,
        name=name.strip(),
        locale=locale,
        password=hash_password(password) if password else None,
        fs_uniquifier=secrets.token_hex(32),
        created_at=now,
        confirmed_at=now if confirmed else None,
        active=True,
    )
    session.add(user)
    session.flush()
    audit.record(session, events.UserCreated(user.id, user.email, user.name), actor=actor, now=now)
    return user


def find_user(session: Session, email: str) -> User | None:
    """Return the user with this address, in whatever case it is written."""
    return session.scalar(sa.select(User).where(User.email == email.strip().lower()))


def change_profile(
    session: Session,
    user: User,
    *,
    name: str,
    locale: str | None,
    timezone: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Change how the user is called, the language and the time zone of their pages (None: the office's)."""
    if not name.strip():
        raise Invalid(N_("Give a name."), field="name")
    wanted = {"name": name.strip(), "locale": locale, "timezone": timezone}
    changed = tuple(field for field, value in wanted.items() if getattr(user, field) != value)
    for field in changed:
        setattr(user, field, wanted[field])
    if changed:
        audit.record(session, events.ProfileChanged(user.id, changed), actor=actor, now=now)
    session.flush()


def set_password(session: Session, user: User, password: str, *, actor: Actor, now: datetime) -> None:
    """Set a password and end all sign-ins; a user who had one is told by mail."""
    had_one = user.password is not None
    user.password = hash_password(password)
    user.fs_uniquifier = secrets.token_hex(32)
    entry = audit.record(session, events.PasswordSet(user.id), actor=actor, now=now)
    if had_one:
        tell(session, user, "password-changed", entry, now=now)
    session.flush()


def confirm_email(session: Session, user: User, email: str, *, actor: Actor, now: datetime) -> None:
    """Take `email` as the user's proven address. Raises `Invalid` when another account has it by now."""
    other = find_user(session, email)
    if other is not None and other.id != user.id:
        raise Invalid(N_("%(email)s already has an account."), field="email", email=email)
    if user.email == email and user.confirmed_at is not None:
        return
    user.email = email
    user.confirmed_at = now
    audit.record(session, events.EmailConfirmed(user.id, email), actor=actor, now=now)
    session.flush()


def deactivate(session: Session, user: User, *, reason: str, actor: Actor, now: datetime) -> None:
    """Close the account and end its sign-ins."""
    if not user.active:
        raise Invalid(N_("This account is already closed."))
    user.active = False
    user.fs_uniquifier = secrets.token_hex(32)
    audit.record(session, events.UserDeactivated(user.id, reason.strip()), actor=actor, now=now)
    session.flush()


def activate(session: Session, user: User, *, actor: Actor, now: datetime) -> None:
    """Open a closed account again."""
    if user.active:
        raise Invalid(N_("This account is open."))
    user.active = True
    audit.record(session, events.UserActivated(user.id), actor=actor, now=now)
    session.flush()


def reset_second_factor(session: Session, user: User, *, actor: Actor, now: datetime) -> None:
    """Remove the authenticator app, recovery codes and passkeys of a user, and end their sign-ins."""
    user.tf_primary_method = user.tf_totp_secret = user.totp_counter = user.mf_recovery_codes = None
    user.webauthn.clear()
    user.fs_uniquifier = secrets.token_hex(32)
    entry = audit.record(session, events.SecondFactorReset(user.id), actor=actor, now=now)
    tell(session, user, "ways-changed", entry, now=now, what="removed")
    session.flush()


def note_change_of_ways(session: Session, user: User, what: str, *, actor: Actor, now: datetime) -> None:
    """Record that the user turned a way to sign in on or off, and tell them by mail.

    `what` is `authenticator on`, `authenticator off`, `passkey added` or `passkey removed`.
    """
    entry = audit.record(session, events.SecondFactorChanged(user.id, what), actor=actor, now=now)
    tell(session, user, "ways-changed", entry, now=now, what=what)


def normal_email(text: str) -> str:
    """Return an address in the one form in which it is kept: lower case. Raises `Invalid`."""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        problem = N_("“%(email)s” is no mail address. Write it like name@example.org.")
        raise Invalid(problem, field="email", email=text.strip()) from error


def hash_password(password: str) -> str:
    """Return the Argon2 hash of a password. Raises `Invalid` when it is too short."""
    normal = unicodedata.normalize("NFKD", password)
    if len(normal) < PASSWORD_LENGTH:
        raise Invalid(
            N_("The password has %(count)s characters. Use at least %(least)s."),
            field="password",
            count=len(normal),
            least=PASSWORD_LENGTH,
        )
    return PasswordHasher().hash(normal)
