"""Run what runs by the clock."""

from __future__ import annotations

import signal
import threading

import click

from expertpool.cli import Context, fail, say
from expertpool.errors import N_


@click.group()
def command() -> None:
    """Run what runs by the clock: mail, the audit trail's seal, reminders."""


@command.command("list")
def list_() -> None:
    """List the jobs, how often each runs, and what for."""
    from expertpool.jobs import scheduler

    for job in scheduler.discover():
        click.echo(f"{job.name}\t{job.every}\t{job.purpose}")


@command.command()
@click.argument("name")
@click.pass_obj
def once(context: Context, name: str) -> None:
    """Run the job NAME once, now."""
    from expertpool.jobs import scheduler

    jobs = {job.name: job for job in scheduler.discover()}
    if name not in jobs:
        fail(N_("There is no job “%(name)s”. There are: %(names)s."), name=name, names=", ".join(jobs))
    context.require_migrated()
    tally = scheduler.run(context.app(), jobs[name])
    if tally is None:
        fail(N_("The job %(name)s is running in another process."), name=name)
    say(N_("The job %(name)s did %(done)s."), name=name, done=tally.done)
    if tally.failed:
        fail(
            N_("The job %(name)s could not do %(failed)s; its log has the rest."),
            name=name,
            failed=tally.failed,
        )


@command.command()
@click.pass_obj
def run(context: Context) -> None:
    """Run all jobs until stopped, beside a web server that runs none."""
    from expertpool.jobs import scheduler
    from expertpool.web.kit import logs

    logs.configure(context.require_migrated())
    running = scheduler.start(context.app())
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait()
    running.shutdown()
