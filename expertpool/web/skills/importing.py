"""Pages that load classifications."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import N_, Invalid, NotFound
from expertpool.exchange.reading import read
from expertpool.extensions import db
from expertpool.skills import loading, queries
from expertpool.skills.nodes import read_nodes
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.skills.forms import ImportForm


@guards.requires("skills.edit")
def import_file() -> ResponseReturnValue:
    """Load a classification from a spreadsheet or CSV file."""
    form = ImportForm()
    if form.validate_on_submit():
        try:
            return _load(form)
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    known = {row.taxonomy.slug for row in queries.taxonomies(db.session) if row.skills}
    shipped = {slug: edition for slug, (_, edition) in loading.SHIPPED.items()}
    return render_template(
        "skills/import.html", form=form, shipped=shipped, known=known
    ), 400 if form.faults else 200


@guards.requires("skills.edit")
def load_shipped(slug: str) -> ResponseReturnValue:
    """Load a classification that comes with the product."""
    if slug not in loading.SHIPPED:
        raise NotFound(N_("There is no such classification."))
    done = loading.load_shipped(db.session, slug, actor=guards.actor(), now=clock.now())
    db.session.commit()
    flash(_sentence(done), "success")
    return redirect(url_for(".browse", slug=slug))


def _load(form: ImportForm) -> ResponseReturnValue:
    rows = read(form.file.data.read())[0].rows
    nodes = read_nodes((row.number, row.cells) for row in rows)
    edition = loading.Edition(
        slug=(form.slug.data or "").strip().lower(),
        name_zh=(form.name_zh.data or "").strip(),
        name_en=(form.name_en.data or "").strip(),
        edition=form.edition.data or None,
        source=form.source.data or None,
    )
    done = loading.load(db.session, edition, nodes, actor=guards.actor(), now=clock.now())
    db.session.commit()
    flash(_sentence(done), "success")
    return redirect(url_for(".browse", slug=edition.slug))


def _sentence(done: loading.Loaded) -> str:
    text: str = gettext(
        "%(added)s skills added, %(changed)s changed, %(retired)s retired, %(same)s as before.",
        added=done.added,
        changed=done.changed,
        retired=done.retired,
        same=done.same,
    )
    return text
