"""Settings: environment, then file, then defaults; each fault named with its value and remedy."""

import pytest

import config
from expertpool.errors import Misconfigured

KEYS = {"EXPERTPOOL_SECRET_KEY": "s" * 32, "EXPERTPOOL_DATA_KEYS": config.new_data_key()}


def load(tmp_path, **environ):
    given = {f"EXPERTPOOL_{name}": value for name, value in environ.items()}
    return config.load({"EXPERTPOOL_INSTANCE": str(tmp_path)} | given)


def faults(tmp_path, **environ):
    with pytest.raises(Misconfigured) as error:
        load(tmp_path, **environ)
    return str(error.value).split("\n")


def test_defaults(tmp_path):
    settings = load(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/expertpool.sqlite"
    assert (settings.locale, settings.timezone) == ("zh_Hans", "Asia/Shanghai")
    assert (settings.base_url, settings.mail_url) == ("http://localhost:8000", f"file:{tmp_path}/mail")
    assert settings.link("/x") == "http://localhost:8000/x"


def test_secrets_are_made_once_for_their_owner_only(tmp_path):
    first, second = load(tmp_path), load(tmp_path)
    assert (first.secret_key, first.data_keys) == (second.secret_key, second.data_keys)
    modes = {(tmp_path / name).stat().st_mode & 0o777 for name in ("secret_key", "data_keys")}
    assert modes == {0o600}
    assert first.secret_key not in repr(first)


def test_production_makes_no_secrets(tmp_path):
    assert faults(tmp_path, ENVIRONMENT="production") == [
        "Setting EXPERTPOOL_SECRET_KEY is “”: it is missing. Set it; production makes no secrets of its own.",
        "Setting EXPERTPOOL_DATA_KEYS is “”: it is missing. Set it; production makes no secrets of its own.",
        "Setting EXPERTPOOL_BASE_URL is “”: it is missing. Give the address that people open.",
    ]
    assert not (tmp_path / "secret_key").exists()


def test_the_environment_goes_before_the_file(tmp_path):
    path = tmp_path / "pool.conf"
    path.write_text("# office\nEXPERTPOOL_LOCALE=en\nEXPERTPOOL_TIMEZONE = 'Asia/Tokyo'\n", encoding="utf-8")
    settings = load(tmp_path, CONFIG=str(path), TIMEZONE="Asia/Urumqi")
    assert (settings.locale, settings.timezone) == ("en", "Asia/Urumqi")


@pytest.mark.parametrize(
    ("name", "value", "beginning"),
    [
        (
            "DATABASE_URL",
            "mysql://me:pw@host/x",
            "Setting EXPERTPOOL_DATABASE_URL is “mysql://me:***@host/x”",
        ),
        ("DATABASE_URL", "sqlite://", "Setting EXPERTPOOL_DATABASE_URL is “sqlite://”"),
        ("SECRET_KEY", "short-secret", "Setting EXPERTPOOL_SECRET_KEY is “***”"),
        ("DATA_KEYS", "nokey", "Setting EXPERTPOOL_DATA_KEYS is “***”"),
        ("DATA_KEYS", ",", "Setting EXPERTPOOL_DATA_KEYS is “***”"),
        ("BASE_URL", "pool.example", "Setting EXPERTPOOL_BASE_URL is “pool.example”"),
        ("MAIL_URL", "smtp://me:pw@", "Setting EXPERTPOOL_MAIL_URL is “smtp://me:***@”"),
        ("MAIL_URL", "smtp://host:99999", "Setting EXPERTPOOL_MAIL_URL is “smtp://host:99999”"),
        ("LOCALE", "fr", "Setting EXPERTPOOL_LOCALE is “fr”"),
        ("TIMEZONE", "Mars/Base", "Setting EXPERTPOOL_TIMEZONE is “Mars/Base”"),
        ("TIMEZONE", "/etc/passwd", "Setting EXPERTPOOL_TIMEZONE is “/etc/passwd”"),
        ("TRUSTED_PROXIES", "-1", "Setting EXPERTPOOL_TRUSTED_PROXIES is “-1”"),
        ("ENVIRONMENT", "prod", "Setting EXPERTPOOL_ENVIRONMENT is “prod”"),
        ("CONFIG", "/nowhere", "Setting EXPERTPOOL_CONFIG is “/nowhere”"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value(tmp_path, name, value, beginning):
    (line,) = faults(tmp_path, **{name: value})
    assert line.startswith(beginning + ": ")


@pytest.mark.parametrize("value", ["zh-Hans", "zh_Hans", "zh", "zh-CN", ""])
def test_chinese_may_be_spelled_in_several_ways(tmp_path, value):
    assert load(tmp_path, LOCALE=value).locale == "zh_Hans"


def test_cookies_are_for_https_when_people_come_by_https(tmp_path):
    assert load(tmp_path, BASE_URL="https://x.example/pool/").base_url == "https://x.example/pool"
    assert load(tmp_path, BASE_URL="https://x.example").flask()["SESSION_COOKIE_SECURE"] is True
    assert load(tmp_path).flask()["SESSION_COOKIE_SECURE"] is False


def test_postgresql_is_reached_by_psycopg(tmp_path):
    assert load(tmp_path, DATABASE_URL="postgres://u@h/d").database_url == "postgresql+psycopg://u@h/d"


@pytest.mark.parametrize(
    ("base_url", "work"),
    [
        ("http://localhost:8000", True),
        ("http://pool.localhost:8000", True),
        ("https://experts.example.org", True),
        ("http://experts.example.org", False),
        ("http://127.0.0.1:8000", False),
        ("https://192.0.2.7", False),
    ],
)
def test_passkeys_need_a_name_and_https_or_this_machine(tmp_path, base_url, work):
    settings = config.load({"EXPERTPOOL_INSTANCE": str(tmp_path), "EXPERTPOOL_BASE_URL": base_url})
    assert settings.passkeys_work is work
