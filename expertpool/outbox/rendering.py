"""Turn a message into a mail when it is sent, from `templates/mail/<kind>.txt` and `.html`.

The first line of the .txt is the subject. Templates see the snapshot's values, `link(path)`, `_()`
and the filters `moment`, `day` and `time_of_day` for ISO text in the office's time zone.
"""

from __future__ import annotations

import functools
import gettext
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, pass_context
from jinja2.runtime import Context

from expertpool.outbox.models import Message
from expertpool.outbox.service import snapshot_of

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT.parent / "templates"


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail. `kind` is its MIME type, such as `text/calendar; method=REQUEST`."""

    name: str
    kind: str
    content: bytes
    alternative: bool = False
    """Another form of the mail's UTF-8 text, as mail programs expect invitations, instead of a file."""


@dataclass(frozen=True)
class Letter:
    """To whom a mail goes, in which language, and from where: what its attachments may name."""

    recipient: str
    locale: str
    base_url: str
    mail_from: str
    timezone: str


AttachmentMaker = Callable[[dict[str, Any], Letter], list[Attachment]]

_makers: dict[str, AttachmentMaker] = {}


def attach(kind: str, maker: AttachmentMaker) -> None:
    """Have `maker(snapshot, letter)` make the attachments of every message of `kind`."""
    _makers[kind] = maker


@dataclass(frozen=True)
class Renderer:
    """Renders the messages of one service."""

    base_url: str
    """Beginning of every link."""
    mail_from: str
    timezone: str
    templates: Path = TEMPLATES

    def __call__(self, message: Message) -> EmailMessage:
        """Return the mail; raises what a wrong template raises."""
        snapshot = snapshot_of(message)
        environment = _environment(self.templates, message.locale, self.base_url, self.timezone)
        subject, text = self.words(message.kind, message.locale, snapshot)
        mail = self._headers(message, subject)
        mail.set_content(text, cte="quoted-printable")
        mail["Content-Language"] = message.locale.replace("_", "-")  # after the content, which takes it away
        try:
            page = environment.get_template(f"mail/{message.kind}.html").render(snapshot)
            mail.add_alternative(page, subtype="html", cte="quoted-printable")
        except TemplateNotFound as error:
            if error.name != f"mail/{message.kind}.html":
                raise
        letter = Letter(message.recipient, message.locale, self.base_url, self.mail_from, self.timezone)
        for attachment in _makers.get(message.kind, _none)(snapshot, letter):
            _add(mail, attachment)
        return mail

    def words(self, kind: str, locale: str, snapshot: dict[str, Any]) -> tuple[str, str]:
        """Return the subject and the text of a mail, sent or not."""
        environment = _environment(self.templates, locale, self.base_url, self.timezone)
        subject, _, text = environment.get_template(f"mail/{kind}.txt").render(snapshot).partition("\n")
        return subject, text.lstrip("\n")

    def _headers(self, message: Message, subject: str) -> EmailMessage:
        domain = parseaddr(self.mail_from)[1].partition("@")[2] or "localhost"
        mail = EmailMessage(policy=SMTP)
        mail["From"] = self.mail_from
        mail["To"] = message.recipient
        mail["Subject"] = " ".join(subject.split())
        mail["Date"] = format_datetime(message.created_at)
        mail["Message-ID"] = f"<{message.identifier}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        return mail


def _none(_snapshot: dict[str, Any], _letter: Letter) -> list[Attachment]:
    return []


def _add(mail: EmailMessage, attachment: Attachment) -> None:
    """Add a file, or another form of the text, which must come before the files."""
    media, *parameters = [part.strip() for part in attachment.kind.split(";")]
    main, _, sub = media.partition("/")
    params = dict(part.split("=", 1) for part in parameters)
    if attachment.alternative:
        text = attachment.content.decode()
        mail.add_alternative(text, subtype=sub, charset="utf-8", params=params, cte="base64")
        return
    mail.add_attachment(
        attachment.content, maintype=main, subtype=sub, filename=attachment.name, params=params
    )


@functools.cache
def _environment(templates: Path, locale: str, base_url: str, timezone: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    catalogue = gettext.translation("messages", ROOT / "translations", [locale], fallback=True)
    environment.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(locale=locale, link=lambda path: base_url + path)
    environment.globals["zone"] = ZoneInfo(timezone)
    environment.filters.update(moment=_moment, day=_day, time_of_day=_time_of_day)
    return environment


@pass_context
def _moment(context: Context, iso: str) -> str:
    """Return an ISO moment as date, time and the name of the zone."""
    zone, locale = context["zone"], context["locale"]
    moment = datetime.fromisoformat(iso).astimezone(zone)
    written = dates.format_datetime(moment, "yyyy-MM-dd EEE HH:mm", tzinfo=zone, locale=locale)
    return f"{written} ({dates.get_timezone_name(moment, locale=locale)})"


@pass_context
def _day(context: Context, iso: str) -> str:
    """Return an ISO date, or the date of an ISO moment, with its weekday."""
    day = (
        date.fromisoformat(iso) if len(iso) == 10 else datetime.fromisoformat(iso).astimezone(context["zone"])
    )
    return dates.format_date(day, "yyyy-MM-dd EEE", locale=context["locale"])


@pass_context
def _time_of_day(context: Context, iso: str) -> str:
    """Return the hours and minutes of an ISO moment."""
    moment = datetime.fromisoformat(iso)
    return dates.format_datetime(moment, "HH:mm", tzinfo=context["zone"], locale=context["locale"])
