"""Make accounts."""

from __future__ import annotations

import click

from expertpool.cli import Context, say
from expertpool.errors import N_

ROLES = ("organiser", "expert", "trainee", "auditor", "administrator")


@click.group()
def command() -> None:
    """Make accounts."""


@command.command()
@click.argument("email")
@click.option("--name", required=True, help="How the person is called.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(ROLES),
    help="A role held everywhere; repeatable.",
)
@click.password_option(help="The password; asked for when not given.")
@click.pass_obj
def create(context: Context, email: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """Make an account that signs in as EMAIL; the first administrator is made so."""
    from expertpool import clock
    from expertpool.access import service as access
    from expertpool.access.models import Role
    from expertpool.accounts import service as accounts

    now = clock.now()
    with context.session() as session:
        user = accounts.create_user(
            session, email=email, name=name, password=password, confirmed=True, actor=context.actor, now=now
        )
        for role in roles:
            access.grant(
                session, user, Role(role), organisation_id=None, reason="", actor=context.actor, now=now
            )
        address = user.email
    say(N_("%(email)s may sign in at %(address)s"), email=address, address=context.settings.link("/"))
