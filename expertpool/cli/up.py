"""Serve the pages and run the jobs, all in one process."""

from __future__ import annotations

import signal
import socket
from typing import Any

import click

import config
from expertpool.cli import Context, fail, say
from expertpool.cli.messages import translated
from expertpool.errors import N_, Sentence

THREADS = 8


@click.command()
@click.option("--demo", is_flag=True, help="Load the invented demo office into an empty database.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 for a free one."
)
@click.pass_obj
def command(context: Context, demo: bool, port: int) -> None:
    """Migrate the database, then serve web pages and run jobs on 127.0.0.1 until stopped."""
    listening = _listen(port)
    port = listening.getsockname()[1]
    settings = context.given or config.load(port=port)
    from expertpool.settings import crypto, migrations
    from expertpool.web.kit import logs

    logs.configure(settings)
    crypto.use(settings.data_keys)
    migrations.upgrade(settings.database_url)
    context = Context(settings)
    if demo and _load_demo(context):
        _offer_demo(context)
    _serve(context, listening)


def _listen(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError:
        fail(N_("Port %(port)s is taken. Choose another: expertpool up --port 8001"), port=port)
    return listening


def _load_demo(context: Context) -> bool:
    """Load the demo if the database is empty; return whether it is there."""
    from expertpool import clock
    from expertpool.demo import loading

    with context.session() as session:
        if loading.is_empty(session):
            say(N_("Loading the demo (everybody in it is invented) ..."))
            loading.load(session, now=clock.now())
        loaded = loading.is_loaded(session)
    if not loaded:
        say(N_("The database has data of its own: the demo was not loaded."))
    return loaded


def _offer_demo(context: Context) -> None:
    """Print who may sign in, and have the sign-in page offer it."""
    from expertpool.access.service import NAMES
    from expertpool.demo.accounts import PASSWORD, SIGN_INS

    say(N_("Sign in with the password %(password)s as:"), password=PASSWORD)
    for each in SIGN_INS:
        say(f"  {each.email:26}{translated(Sentence(NAMES[each.role]))}")
    people = [(each.email, each.name, NAMES[each.role]) for each in SIGN_INS]
    context.app().config["DEMO_SIGN_INS"] = {"password": PASSWORD, "people": people}


def _serve(context: Context, listening: socket.socket) -> None:
    """Print the address and serve until SIGINT or SIGTERM, then let running jobs end."""
    import waitress

    from expertpool.jobs import scheduler

    app = context.app()
    server: Any = waitress.create_server(app, sockets=[listening], threads=THREADS, ident=None)
    running = scheduler.start(app)
    signal.signal(signal.SIGTERM, _stop)
    say(N_("ExpertPool is at %(address)s (stop it with Ctrl+C)"), address=context.settings.base_url)
    try:
        server.run()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        running.shutdown()
        server.close()


def _stop(*_: object) -> None:
    raise SystemExit
