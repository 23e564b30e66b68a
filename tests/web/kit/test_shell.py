"""The frame of all pages."""

from __future__ import annotations


def test_front_page_offers_sign_in_to_strangers(client):
    page = client.get("/")
    assert page.status_code == 200
    assert 'href="/sign-in"' in page.text


def test_front_page_of_a_user_is_today(as_role):
    page = as_role("organiser").get("/")
    assert "<h1>Today</h1>" in page.text
