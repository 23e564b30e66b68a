"""Ways to send a mail: an SMTP server, or a folder of .eml files for demos and tests."""

from __future__ import annotations

import hashlib
import os
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

SECONDS = 30
"""How long to wait for an SMTP server's answer."""


class Refused(Exception):
    """The mail will never be taken: trying again is of no use."""


class Transport(Protocol):
    """Sends one mail; raises `Refused` for good, OSError or SMTPException for now."""

    def send(self, mail: EmailMessage) -> None: ...


@dataclass(frozen=True)
class Folder:
    """Writes each mail to a file of its own; the same Message-ID to the same file."""

    path: Path

    def send(self, mail: EmailMessage) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(mail["Message-ID"].encode()).hexdigest()[:16]
        draft = self.path / f".{name}.{os.getpid()}"
        draft.write_bytes(mail.as_bytes())
        draft.replace(self.path / f"{mail['Date'].datetime:%Y%m%dT%H%M%S}-{name}.eml")


@dataclass(frozen=True)
class Smtp:
    """Hands each mail to an SMTP server: `smtp`, `smtps`, or `smtp+starttls`, which insists on TLS."""

    url: str

    def send(self, mail: EmailMessage) -> None:
        parts = urlsplit(self.url)
        try:
            with self._connection() as server:
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            if code >= 500:
                raise Refused(f"{code} {text.decode(errors='replace')}") from error
            raise
        except smtplib.SMTPDataError as error:
            if error.smtp_code >= 500:
                raise Refused(str(error)) from error
            raise
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(str(error)) from error

    def _connection(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host, context = parts.hostname or "", ssl.create_default_context()
        if parts.scheme == "smtps":
            return smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS, context=context)
        server = smtplib.SMTP(host, parts.port or (587 if parts.username else 25), timeout=SECONDS)
        server.ehlo()
        if parts.scheme == "smtp+starttls" or (parts.username and server.has_extn("starttls")):
            server.starttls(context=context)
        return server


def transport(mail_url: str) -> Transport:
    """Return the way to send that EXPERTPOOL_MAIL_URL names."""
    parts = urlsplit(mail_url)
    return Folder(Path(unquote(parts.path))) if parts.scheme == "file" else Smtp(mail_url)
