"""An expert looks at their calendar, subscribes to it, and revokes the address again."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from tests.journeys.conftest import Visitor


def fetch(url: str, etag: str = "") -> tuple[int, str, str]:
    """Fetch an address as a calendar program does; return status, ETag and text."""
    request = urllib.request.Request(url, headers={"If-None-Match": etag} if etag else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers["ETag"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("ETag", ""), ""


@pytest.mark.journey
def test_an_expert_subscribes_and_revokes(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("expert")
    page.click("nav >> text=我的日程")
    assert page.locator("h1").inner_text() == "我的日程"
    assert visitor.overflow() <= 0
    assert visitor.violations() == []
    page.click("text=订阅到手机或电脑")
    assert visitor.violations() == []
    page.click("main >> button:has-text('地址') >> nth=0")
    address = page.input_value("#address")
    assert page.locator("a:has-text('在本机日历中打开')").get_attribute("href") == address.replace(
        "http://", "webcal://"
    )
    assert visitor.overflow() <= 0
    assert visitor.violations() == []
    status, etag, text = fetch(address)
    assert (status, text.splitlines()[0]) == (200, "BEGIN:VCALENDAR")
    assert fetch(address, etag)[0] == 304
    visitor.open("/me/calendar/address")
    assert address not in page.content()
    page.click("button:has-text('停用地址')")
    page.wait_for_selector("text=该地址已停用。")
    assert fetch(address)[0] == 404
