"""What happens to accounts. `subject_id` is the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from expertpool.events import Event, personal


@dataclass(frozen=True)
class UserEvent(Event):
    """Base of events about a user."""

    subject_kind: ClassVar[str] = "user"


@dataclass(frozen=True)
class UserCreated(UserEvent):
    """An account was made."""

    email: str = personal()
    full_name: str = personal()


@dataclass(frozen=True)
class ProfileChanged(UserEvent):
    """A user's name, language or time zone changed; `fields` names which."""

    fields: tuple[str, ...]


@dataclass(frozen=True)
class EmailConfirmed(UserEvent):
    """The user proved to read mail at an address, which is now theirs."""

    email: str = personal()


@dataclass(frozen=True)
class PasswordSet(UserEvent):
    """The password was set or changed; all sign-ins ended."""


@dataclass(frozen=True)
class SecondFactorReset(UserEvent):
    """An administrator removed authenticator app, recovery codes and passkeys."""


@dataclass(frozen=True)
class SecondFactorChanged(UserEvent):
    """The user turned the authenticator app or a passkey on or off."""

    what: str


@dataclass(frozen=True)
class UserDeactivated(UserEvent):
    """The account was closed."""

    reason: str


@dataclass(frozen=True)
class UserActivated(UserEvent):
    """A closed account was opened again."""


@dataclass(frozen=True)
class LinkSent(UserEvent):
    """A link was put into the outbox."""

    link_id: int
    purpose: str


@dataclass(frozen=True)
class SignedIn(UserEvent):
    """The user signed in; `means` are password, link, authenticator, passkey ..."""

    means: tuple[str, ...]


@dataclass(frozen=True)
class SignInsEnded(UserEvent):
    """The user or an administrator ended one or all other sign-ins."""

    count: int
