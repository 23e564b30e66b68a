"""Every way to sign in, and setting it up: at a phone in Chinese, and at a desk in English."""

from __future__ import annotations

import email
import email.policy
import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from passlib.totp import TOTP
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from expertpool.access import service as access
from expertpool.access.models import Role
from expertpool.accounts import service as accounts
from expertpool.events import Actor
from tests.journeys.conftest import Site, Visitor

PASSWORD = "correct horse battery"
WRONG = {
    "visitor": "邮箱或密码不对，或账号已停用。",
    "english_visitor": "Address or password is wrong, or the account is closed.",
}
READERS = {"phone": "visitor", "desk": "english_visitor"}
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Guest:
    """A visitor with an account of their own."""

    visitor: Visitor
    email: str
    language: str

    @property
    def page(self) -> Page:
        return self.visitor.page

    def give(self, **fields: str) -> None:
        """Fill the fields of the page's form and press its button."""
        for name, value in fields.items():
            self.page.fill(f"main [name={name}]", value)
        self.page.locator("main form:has(.btn-primary) .btn-primary").first.click()
        self.page.wait_for_load_state()

    def sign_in(self, password: str = PASSWORD) -> None:
        self.visitor.open("/sign-in")
        self.give(email=self.email, password=password)

    def sign_out(self) -> None:
        self.page.context.clear_cookies()

    def is_in(self) -> bool:
        self.visitor.open("/account")
        return self.page.url == f"{self.visitor.site.url}/account" and self.email in self.page.inner_text(
            "main"
        )

    def looks_right(self) -> None:
        """Check the page as it stands: accessible, and no wider than its window."""
        assert (self.visitor.violations(), self.visitor.overflow()) == ([], 0)


@pytest.fixture
def guest(request: pytest.FixtureRequest, site: Site, width: str) -> Guest:
    """Somebody with an account, who reads Chinese at a phone and English at a desk."""
    reader = READERS[width]
    address = f"guest-{secrets.token_hex(4)}@demo.example"
    make_account(site, address)
    return Guest(request.getfixturevalue(reader), address, reader)


def make_account(site: Site, address: str) -> None:
    """Make an organiser who has a password, as `expertpool user create` does."""
    engine = sa.create_engine(f"sqlite:///{site.instance / 'expertpool.sqlite'}")
    actor, now = Actor(None, "expertpool", via="cli"), datetime.now(UTC)
    with Session(engine) as session:
        user = accounts.create_user(
            session,
            email=address,
            name="郭宾 Guo Bin",
            password=PASSWORD,
            confirmed=True,
            actor=actor,
            now=now,
        )
        access.grant(session, user, Role.ORGANISER, organisation_id=None, reason="", actor=actor, now=now)
        session.commit()
    engine.dispose()


def link_mailed(site: Site, address: str) -> str:
    """Return the path of the link in the mail to `address`, once the job has sent it."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for path in sorted(Path(site.instance / "mail").glob("*.eml"), reverse=True):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            found = re.search(rf"{re.escape(site.url)}(/link/\S+)", mail.get_body().get_content())
            if mail["To"] == address and found:
                return found[1]
        time.sleep(0.2)
    raise AssertionError(f"no mail to {address}")


def test_a_password_signs_in_and_a_wrong_one_says_so(guest: Guest) -> None:
    guest.visitor.open("/sign-in")
    guest.looks_right()
    guest.give(email=guest.email, password="wrong horse battery")
    expect(guest.page.locator("main")).to_contain_text(WRONG[guest.language])
    guest.looks_right()
    guest.give(email=guest.email, password=PASSWORD)
    assert guest.page.url == f"{guest.visitor.site.url}/"
    guest.looks_right()
    assert guest.is_in()
    guest.looks_right()


def test_an_authenticator_app_is_set_up_and_asked_for_and_a_recovery_code_replaces_it(guest: Guest) -> None:
    phone = set_up_app(guest)
    codes = make_recovery_codes(guest)
    guest.sign_out()
    guest.sign_in()
    assert "/sign-in/code" in guest.page.url
    guest.looks_right()
    guest.give(code="000000")
    guest.looks_right()
    guest.give(code=phone.generate(time=time.time() + 30).token)
    assert guest.is_in()
    guest.sign_out()
    guest.sign_in()
    guest.page.click("a[href*='/sign-in/recovery']")
    guest.looks_right()
    guest.give(code=codes[0])
    assert guest.is_in()


def set_up_app(guest: Guest) -> TOTP:
    """Turn the authenticator app on from the account page; return the app of the phone."""
    guest.sign_in()
    guest.visitor.open("/account/authenticator")
    guest.looks_right()
    guest.give()
    guest.looks_right()
    phone = TOTP(key=guest.page.inner_text(".ep-hash").replace("-", ""))
    guest.give(code=phone.generate().token)
    assert guest.page.url == f"{guest.visitor.site.url}/account"
    guest.looks_right()
    return phone


def make_recovery_codes(guest: Guest) -> list[str]:
    guest.visitor.open("/account/recovery-codes")
    guest.looks_right()
    guest.page.click("[name=generate_new_codes]")
    guest.page.wait_for_load_state()
    guest.looks_right()
    codes = guest.page.locator(".ep-codes li").all_inner_texts()
    assert len(set(codes)) == len(codes) > 1
    return codes


def test_a_passkey_is_registered_signs_in_and_is_removed(guest: Guest) -> None:
    authenticator = guest.page.context.new_cdp_session(guest.page)
    authenticator.send("WebAuthn.enable")
    made = authenticator.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    guest.sign_in()
    guest.visitor.open("/account/passkeys")
    guest.looks_right()
    guest.page.fill("main [name=name]", "手机 Phone")
    guest.page.click("main form[action='/account/passkeys'] .btn-primary")
    expect(guest.page.locator("main th[scope=row]")).to_have_text("手机 Phone")
    guest.looks_right()
    held = authenticator.send("WebAuthn.getCredentials", {"authenticatorId": made["authenticatorId"]})
    assert [key["rpId"] for key in held["credentials"]] == ["localhost"]

    guest.sign_out()
    guest.visitor.open("/sign-in")
    guest.page.click("a[href*='/sign-in/passkey']")
    guest.looks_right()
    guest.page.click("main .btn-primary")
    guest.page.wait_for_url(f"{guest.visitor.site.url}/")
    assert guest.is_in()

    guest.visitor.open("/account/passkeys")
    guest.page.click("main form[action='/account/passkeys/delete'] button")
    expect(guest.page.locator("main th[scope=row]")).to_have_count(0)
    guest.sign_out()
    guest.visitor.open("/sign-in/passkey")
    guest.page.click("main .btn-primary")
    guest.page.wait_for_url(f"{guest.visitor.site.url}/sign-in/passkey")
    expect(guest.page.locator("main .ep-notice.is-conflict")).to_be_visible()
    guest.looks_right()
    assert not guest.is_in()


def test_a_device_that_gives_no_passkey_leaves_other_ways_open(guest: Guest) -> None:
    authenticator = guest.page.context.new_cdp_session(guest.page)
    authenticator.send("WebAuthn.enable")
    refusing = AUTHENTICATOR | {"isUserVerified": False}
    authenticator.send("WebAuthn.addVirtualAuthenticator", {"options": refusing})
    guest.visitor.open("/sign-in/passkey")
    guest.page.click("main .btn-primary")
    expect(guest.page.locator("main [role=alert]")).to_be_visible()
    guest.looks_right()
    guest.page.click("main a.btn-outline-secondary")
    guest.give(email=guest.email, password=PASSWORD)
    assert guest.is_in()


def test_a_mailed_link_signs_in_by_its_button(guest: Guest) -> None:
    ask_for_link(guest, "sign-in")
    guest.visitor.open(link_mailed(guest.visitor.site, guest.email))
    assert guest.page.url == f"{guest.visitor.site.url}/link/"
    guest.looks_right()
    guest.give()
    assert guest.is_in()
    guest.sign_out()
    guest.visitor.open(link_mailed(guest.visitor.site, guest.email))
    guest.looks_right()
    assert not guest.is_in()


def test_a_forgotten_password_is_set_anew_by_mail(guest: Guest) -> None:
    ask_for_link(guest, "reset")
    guest.visitor.open(link_mailed(guest.visitor.site, guest.email))
    guest.looks_right()
    guest.give(password="short", again="short")
    guest.looks_right()
    guest.give(password="another horse battery", again="another horse battery")
    assert guest.is_in()
    guest.sign_out()
    guest.sign_in()
    assert not guest.is_in()
    guest.sign_in("another horse battery")
    assert guest.is_in()


def ask_for_link(guest: Guest, purpose: str) -> None:
    guest.visitor.open("/sign-in/mail")
    guest.looks_right()
    guest.page.check(f"[name=purpose][value={purpose}]")
    guest.give(email=guest.email)
    guest.looks_right()
