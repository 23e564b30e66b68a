"""Every route has a guard, is written down with who may open it, and is opened by nobody else.

The lines are in `routes/<blueprint>.csv`; its README explains them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from expertpool.access.models import Role
from expertpool.access.permissions import roles_with
from expertpool.application import create_app
from expertpool.web.kit import guards
from tests.web.conftest import app, as_role, database, settings_in, web_app  # noqa: F401  (fixtures)

LINES = Path(__file__).parent / "routes"
ROLES = [None, *(role.value for role in Role)]
"""Everyone who is signed in; None has no role."""
NUMBER = "999999"
"""No object has it."""


@dataclass(frozen=True)
class Line:
    """One route as written down."""

    endpoint: str
    methods: frozenset[str]
    who: str
    values: dict[str, str]

    def admits(self, role: str | None) -> bool:
        return self.who in ("everybody", "signed-in") or role in self.who.split()


def written() -> dict[str, Line]:
    found = {}
    for path in sorted(LINES.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                values = dict(pair.split("=", 1) for pair in (row["values"] or "").split())
                found[row["endpoint"]] = Line(
                    row["endpoint"], frozenset(row["methods"].split()), row["who"], values
                )
    return found


def line_for(application: Flask, rules: list[Rule]) -> str:
    """Return the line to write for a route, from its guard."""
    endpoint = rules[0].endpoint
    guard = guards.guard_of(application, endpoint) or guards.NOBODY
    who = {guards.PUBLIC: "everybody", guards.SIGNED_IN: "signed-in", guards.NOBODY: "nobody"}.get(guard)
    roles = sorted(role.value for role in roles_with(guard))
    return f"{endpoint},{' '.join(methods_of(rules))},{who or ' '.join(roles)},"


def methods_of(rules: list[Rule]) -> list[str]:
    return sorted({method for rule in rules for method in rule.methods or ()} - {"HEAD", "OPTIONS"})


def routes_of(application: Flask) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for rule in application.url_map.iter_rules():
        found.setdefault(rule.endpoint, []).append(rule)
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "endpoint" in metafunc.fixturenames:
        metafunc.parametrize("endpoint", sorted(written()))


def test_every_route_has_a_guard(web_app):  # noqa: F811
    bare = [endpoint for endpoint in sorted(routes_of(web_app)) if guards.guard_of(web_app, endpoint) is None]
    assert bare == [], "put @guards.requires(...), @guards.signed_in or @guards.public below the route"


def test_every_route_is_written_down_with_who_may_open_it(web_app):  # noqa: F811
    lines = written()
    missing = [
        f"{endpoint.partition('.')[0]}.csv: {line_for(web_app, rules)}"
        for endpoint, rules in sorted(routes_of(web_app).items())
        if endpoint not in lines or lines[endpoint].methods != frozenset(methods_of(rules))
    ]
    assert missing == []


def test_no_line_is_left_of_a_route_that_is_gone(web_app):  # noqa: F811
    assert sorted(set(written()) - set(routes_of(web_app))) == []


def test_route_opens_to_those_written_down_and_to_nobody_else(endpoint, app, as_role):  # noqa: F811
    line = written()[endpoint]
    rules = routes_of(app).get(endpoint)
    if rules is None:
        pytest.skip("reported by the test of lines that are left")
    wrong = []
    clients = {role: as_role(role) for role in ROLES}
    for method in sorted(line.methods):
        address = address_of(app, rules, line, method)
        wrong += [
            f"{method} as nobody signed in: {fault}"
            for fault in faults_of_stranger(app, line, method, address)
        ]
        for role in ROLES:
            answer = clients[role].open(address, method=method)
            if opened(answer) != line.admits(role):
                wrong.append(f"{method} {address} as {role or 'user without role'}: {answer.status}")
    assert wrong == [], f"{endpoint} is written down as open to: {line.who}"


def faults_of_stranger(application: Flask, line: Line, method: str, address: str) -> list[str]:
    answer = application.test_client().open(address, method=method)
    is_sent_away = answer.status_code == 302 and answer.location.startswith("/sign-in")
    if line.who == "everybody":
        return [f"{address}: {answer.status}"] if not opened(answer) else []
    if line.who == "nobody":
        return [] if answer.status_code == 403 else [f"{address}: {answer.status}"]
    return [] if is_sent_away else [f"{address}: {answer.status}"]


def opened(answer) -> bool:
    """Whether the guard let the request pass; what the view then made of it does not matter here."""
    assert answer.status_code < 500, answer.text
    return answer.status_code not in (401, 403)


def address_of(application: Flask, rules: list[Rule], line: Line, method: str) -> str:
    rule = next(rule for rule in rules if method in (rule.methods or ()))
    values = {
        name: converter.to_python(
            line.values.get(name, NUMBER if isinstance(converter, IntegerConverter) else "x")
        )
        for name, converter in rule._converters.items()
    }
    return application.url_map.bind("localhost").build(rule.endpoint, values, method)


def test_a_view_without_guard_is_closed_to_everybody(tmp_path):
    bare = create_app(settings_in(tmp_path), TESTING=True)
    bare.add_url_rule("/bare", "bare", lambda: "open")
    assert bare.test_client().get("/bare").status_code == 403


def test_roles_of_permissions_are_those_promised():
    assert roles_with("accounts.manage") == {Role.ADMINISTRATOR}
    assert roles_with("panels.edit") == {Role.ORGANISER}
    assert roles_with("panels.view") == {Role.ORGANISER, Role.AUDITOR}
    assert roles_with("presets.edit") == {Role.ADMINISTRATOR}
    assert roles_with("audit.view") == {Role.AUDITOR, Role.ADMINISTRATOR}


def test_auditors_hold_only_permissions_to_view_and_to_witness():
    from expertpool.access.permissions import PERMISSIONS

    verbs = {name.partition(".")[2] for name in PERMISSIONS[Role.AUDITOR]}
    assert verbs == {"view", "witness"}
