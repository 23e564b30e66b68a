"""Settings of the service: read from the environment, then a file, then defaults, and checked.

`load()` is the only reader of the environment. Office choices that administrators edit are not here:
they live in the database (`expertpool.settings`).
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from expertpool.errors import N_, Misconfigured, Sentence

PREFIX = "EXPERTPOOL_"
LOCALES = {"zh_Hans": "zh_Hans", "zh": "zh_Hans", "zh_CN": "zh_Hans", "zh_Hans_CN": "zh_Hans", "en": "en"}
"""Accepted spellings of each language (also with a hyphen)."""
DEFAULT_LOCALE = "zh_Hans"


@dataclass(frozen=True)
class Settings:
    """Every setting, checked. Secrets are kept out of `repr`."""

    production: bool
    instance: Path
    """Folder of the service's own data."""
    database_url: str
    secret_key: str
    """Signs sessions and forms; changing it signs everybody out and loses nothing."""
    data_keys: tuple[str, ...]
    """Fernet keys of personal fields: the first encrypts, all decrypt."""
    base_url: str
    """Beginning of every link, without a slash at its end."""
    mail_url: str
    mail_from: str
    locale: str
    timezone: str
    trusted_proxies: int
    """Reverse proxies in front whose X-Forwarded-For is believed."""
    metrics_token: str | None
    """Bearer token of /metrics; without one only the loopback interface may read it."""
    limits_url: str
    """Where rate limits are counted: `memory://`, or `redis://...` when several processes serve."""
    log_level: str
    font_path: Path | None
    """File or folder of a Chinese font for PDF documents; None looks among the system's."""

    def __repr__(self) -> str:
        return f"Settings(instance={str(self.instance)!r}, base_url={self.base_url!r})"

    @property
    def https(self) -> bool:
        """Whether people reach the service by https."""
        return self.base_url.startswith("https://")

    @property
    def passkeys_work(self) -> bool:
        """Whether browsers allow passkeys: at a name, not a number, by https or on this machine."""
        host = urlsplit(self.base_url).hostname or ""
        is_local = host == "localhost" or host.endswith(".localhost")
        return is_local or (self.https and not _is_network_address(host))

    def link(self, path: str) -> str:
        """Return the absolute address of `path` (which begins with a slash)."""
        return self.base_url + path

    def flask(self) -> dict[str, Any]:
        """Return the configuration of Flask and its extensions."""
        return {
            "EXPERTPOOL": self,
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": {
                "hide_parameters": True,
                "pool_pre_ping": self.database_url.startswith("postgresql"),
            },
            "SESSION_COOKIE_SECURE": self.https,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "REMEMBER_COOKIE_SECURE": self.https,
            "REMEMBER_COOKIE_HTTPONLY": True,
            "REMEMBER_COOKIE_SAMESITE": "Lax",
            "PREFERRED_URL_SCHEME": "https" if self.https else "http",
            "BABEL_DEFAULT_LOCALE": self.locale,
            "BABEL_DEFAULT_TIMEZONE": self.timezone,
            "BABEL_TRANSLATION_DIRECTORIES": str(Path(__file__).parent / "expertpool" / "translations"),
            "BOOTSTRAP_SERVE_LOCAL": True,
            "RATELIMIT_STORAGE_URI": self.limits_url,
            "MAX_CONTENT_LENGTH": 64 * 1024 * 1024,
        }


def load(environ: Mapping[str, str] | None = None, *, port: int = 8000) -> Settings:
    """Return the settings of the environment, the file EXPERTPOOL_CONFIG and the defaults, in that order.

    `port` belongs to the default of EXPERTPOOL_BASE_URL.

    Raises `Misconfigured`, whose `faults` name each wrong setting, its value and the remedy.
    """
    reader = _Reader(os.environ if environ is None else environ)
    settings = reader.settings(port)
    if reader.faults:
        raise WrongSettings(reader.faults)
    return settings


def locale_of(environ: Mapping[str, str] | None = None) -> str:
    """Return the language for messages, even when other settings are wrong."""
    reader = _Reader(os.environ if environ is None else environ)
    return reader.locale()


def zone_of(environ: Mapping[str, str] | None = None) -> ZoneInfo:
    """Return the office's time zone, which decides the day that a moment belongs to."""
    return ZoneInfo(_Reader(os.environ if environ is None else environ).timezone())


class WrongSettings(Misconfigured):
    """One or more settings are wrong."""

    def __init__(self, faults: list[Sentence]) -> None:
        super().__init__(faults[0].message, **faults[0].params)
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class _Reader:
    """Reads one setting after another and collects what is wrong."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.faults: list[Sentence] = []
        self.environ = environ
        self.file = self._file(environ.get(PREFIX + "CONFIG", ""))
        self.production = False

    def settings(self, port: int) -> Settings:
        self.production = (
            self._one_of("ENVIRONMENT", "development", ("development", "production")) == "production"
        )
        instance = Path(self.get("INSTANCE") or "instance").absolute()
        self._folder("INSTANCE", instance)
        return Settings(
            production=self.production,
            instance=instance,
            database_url=self._database_url(instance),
            secret_key=self._secret_key(instance),
            data_keys=self._data_keys(instance),
            base_url=self._base_url(port),
            mail_url=self._mail_url(instance),
            mail_from=self.get("MAIL_FROM") or "ExpertPool <expertpool@localhost>",
            locale=self.locale(),
            timezone=self.timezone(),
            trusted_proxies=self._number("TRUSTED_PROXIES", 0),
            metrics_token=self.get("METRICS_TOKEN") or None,
            limits_url=self._limits_url(),
            log_level=self._one_of("LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
            font_path=self._font_path(),
        )

    def get(self, name: str) -> str:
        """Return the text of EXPERTPOOL_<name>, stripped; empty when absent."""
        return (self.environ.get(PREFIX + name) or self.file.get(PREFIX + name) or "").strip()

    def fault(self, name: str, value: str, problem: str, remedy: str, /, **params: Any) -> None:
        self.faults.append(
            Sentence(
                N_("Setting %(setting)s is “%(value)s”: %(problem)s %(remedy)s"),
                {
                    "setting": PREFIX + name,
                    "value": value,
                    "problem": Sentence(problem, params),
                    "remedy": Sentence(remedy, params),
                },
            )
        )

    def locale(self) -> str:
        value = self.get("LOCALE") or DEFAULT_LOCALE
        if value.replace("-", "_") not in LOCALES:
            self.fault("LOCALE", value, N_("there is no such language."), N_("Give zh-Hans or en."))
        return LOCALES.get(value.replace("-", "_"), DEFAULT_LOCALE)

    def _file(self, name: str) -> dict[str, str]:
        if not name:
            return {}
        try:
            lines = Path(name).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            remedy = N_("Name a readable UTF-8 file of lines NAME=VALUE.")
            self.fault("CONFIG", name, N_("the file can't be read."), remedy)
            return {}
        pairs = [line.partition("=") for line in map(str.strip, lines) if line and not line.startswith("#")]
        for key, equals, _value in pairs:
            if not equals or not key.strip().startswith(PREFIX):
                remedy = N_("Write each line as EXPERTPOOL_NAME=VALUE.")
                self.fault("CONFIG", name, N_("the line “%(line)s” is no setting."), remedy, line=key.strip())
        return {key.strip(): value.strip().strip("\"'") for key, _equals, value in pairs}

    def _folder(self, name: str, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            self.fault(
                name, str(folder), N_("the folder can't be made."), N_("Name a folder that may be written.")
            )

    def _one_of(self, name: str, default: str, values: tuple[str, ...]) -> str:
        value = self.get(name) or default
        if value not in values:
            remedy = N_("Give one of: %(values)s.")
            self.fault(name, value, N_("there is no such choice."), remedy, values=", ".join(values))
        return value

    def _number(self, name: str, default: int) -> int:
        value = self.get(name) or str(default)
        if not value.isdecimal():
            self.fault(name, value, N_("this is no number."), N_("Give a whole number, 0 or more."))
            return default
        return int(value)

    def _database_url(self, instance: Path) -> str:
        value = self.get("DATABASE_URL") or f"sqlite:///{instance / 'expertpool.sqlite'}"
        scheme, _, rest = value.partition("://")
        known = {
            "sqlite": "sqlite",
            "postgres": "postgresql+psycopg",
            "postgresql": "postgresql+psycopg",
            "postgresql+psycopg": "postgresql+psycopg",
        }
        if scheme not in known or (scheme == "sqlite" and rest in ("", "/", "/:memory:")):
            self.fault(
                "DATABASE_URL",
                _without_password(value),
                N_("this is neither a SQLite file nor a PostgreSQL database."),
                N_("Write sqlite:////folder/file.sqlite or postgresql://user:password@host/database."),
            )
        return f"{known.get(scheme, scheme)}://{rest}"

    def _secret_key(self, instance: Path) -> str:
        value = self._secret("SECRET_KEY", instance / "secret_key", lambda: secrets.token_urlsafe(48))
        if value is not None and len(value) < 32:
            remedy = N_('Make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"')
            self.fault("SECRET_KEY", "***", N_("it is shorter than 32 characters."), remedy)
        return value or ""

    def _data_keys(self, instance: Path) -> tuple[str, ...]:
        made = self._secret("DATA_KEYS", instance / "data_keys", new_data_key)
        keys = tuple(key.strip() for key in (made or "").replace("\n", ",").split(",") if key.strip())
        if made is not None and not (keys and all(map(_is_data_key, keys))):
            self.fault(
                "DATA_KEYS",
                "***",
                N_("a key is not 32 bytes in URL-safe base64."),
                N_('Make one with: python -c "import config; print(config.new_data_key())"'),
            )
        return keys

    def _secret(self, name: str, path: Path, make: Callable[[], str]) -> str | None:
        """Return a secret: as set, or outside production kept in `path` and made when absent.

        None says that a fault was reported.
        """
        if value := self.get(name):
            return value
        if self.production:
            remedy = N_("Set it; production makes no secrets of its own.")
            self.fault(name, "", N_("it is missing."), remedy)
            return None
        try:
            return _kept(path, make)
        except OSError:
            self.fault(
                name,
                str(path),
                N_("the file can't be read or made."),
                N_("Name a folder that may be written."),
            )
            return None

    def _base_url(self, port: int) -> str:
        value = self.get("BASE_URL")
        if not value and self.production:
            self.fault("BASE_URL", "", N_("it is missing."), N_("Give the address that people open."))
        value = value or f"http://localhost:{port}"
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            remedy = N_("Write it like https://experts.example.org.")
            self.fault("BASE_URL", value, N_("this is no web address."), remedy)
        return value.rstrip("/")

    def _mail_url(self, instance: Path) -> str:
        value = self.get("MAIL_URL") or f"file:{instance / 'mail'}"
        parts = urlsplit(value)
        if parts.scheme in ("smtp", "smtps", "smtp+starttls"):
            wrong = not parts.hostname or not _port_is_right(value)
        else:
            wrong = parts.scheme != "file" or not parts.path
        if wrong:
            self.fault(
                "MAIL_URL",
                _without_password(value),
                N_("this is no way to send mail."),
                N_("Write smtp://user:password@host:587, smtps://host:465 or file:/folder."),
            )
        return value

    def timezone(self) -> str:
        value = self.get("TIMEZONE") or "Asia/Shanghai"
        try:
            ZoneInfo(value)
        except (ValueError, OSError, KeyError):
            self.fault(
                "TIMEZONE", value, N_("there is no such time zone."), N_("Write it like Asia/Shanghai.")
            )
        return value

    def _limits_url(self) -> str:
        value = self.get("LIMITS_URL") or "memory://"
        if not value.startswith(("memory://", "redis://", "rediss://")):
            remedy = N_("Write memory:// or redis://host:6379.")
            self.fault("LIMITS_URL", _without_password(value), N_("there is no such choice."), remedy)
        return value

    def _font_path(self) -> Path | None:
        value = self.get("FONT_PATH")
        if value and not Path(value).exists():
            remedy = N_("Name a font file (.otf, .ttf, .ttc) or a folder of them.")
            self.fault("FONT_PATH", value, N_("there is no such file or folder."), remedy)
        return Path(value).absolute() if value else None


def new_data_key() -> str:
    """Return a new random key for EXPERTPOOL_DATA_KEYS."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _kept(path: Path, make: Callable[[], str]) -> str:
    """Return the secret kept in `path`; make it, readable by its owner only, when absent."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    if not path.exists():
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def _is_data_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, altchars=b"-_", validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def _is_network_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _port_is_right(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _without_password(url: str) -> str:
    """Return `url` with the password of its user part hidden."""
    before, at, after = url.rpartition("@")
    user, colon, _password = before.rpartition(":")
    return f"{user}:***@{after}" if at and colon and "//" in user else url
