"""Anybody verifies a certificate by its code; holder and organiser download it."""

from __future__ import annotations

from io import BytesIO

from flask import current_app, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

import config
from expertpool import clock
from expertpool.errors import N_, NotFound
from expertpool.exchange.documents.certificates import read_certificate, write_certificate
from expertpool.extensions import db, limiter
from expertpool.training import certificates, hours, policy, queries
from expertpool.training.models import CertificateState
from expertpool.web.kit import guards
from expertpool.web.training.blueprint import VIEW, blueprint, may
from expertpool.web.training.wording import clock_hours, masked

GUESSES = "30 per minute; 300 per hour"
"""Codes that one network may try."""


@blueprint.get("/certificates")
@guards.public
def verify_form() -> ResponseReturnValue:
    """Type the code of a certificate."""
    code = request.args.get("code", "").replace("/", "").strip()[:80]
    if code:
        return redirect(url_for(".verify", code=code))
    refused = gettext("Type the code of the certificate.") if "code" in request.args else ""
    return render_template("training/verify_form.html", refused=refused), 400 if refused else 200


@blueprint.get("/certificates/<code>")
@guards.public
@limiter.limit(GUESSES)
def verify(code: str) -> ResponseReturnValue:
    """What a certificate is worth today. Of the holder's name two characters can be read."""
    found = certificates.find(db.session, code)
    if found is None:
        return render_template("training/unknown_certificate.html", code=code[:80]), 404
    today = hours.day_of(clock.now())
    return render_template(
        "training/verify.html",
        certificate=found,
        standing=certificates.standing(found, today),
        holder=masked(found.holder),
        hours=clock_hours(found.minutes),
        today=today,
    )


@blueprint.get("/certificates/<int:certificate_id>.pdf")
@guards.signed_in
def certificate_pdf(certificate_id: int) -> ResponseReturnValue:
    """The certificate for its holder and the office that issued it, as long as it is not taken back."""
    found = queries.certificate(db.session, certificate_id)
    is_holder = policy.is_own(current_user.id, found.enrolment)
    if not is_holder and not may(VIEW, found.enrolment.cohort.course):
        raise NotFound(N_("There is no such certificate."))
    if found.state is not CertificateState.VALID:
        raise NotFound(N_("This certificate is suspended or withdrawn."))
    settings: config.Settings = current_app.config["EXPERTPOOL"]
    address = settings.link(f"/certificates/{found.code}")
    data = read_certificate(db.session, found, address, config.zone_of())
    name = f"{found.number}.pdf"
    db.session.rollback()
    content = write_certificate(data)
    return send_file(BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=name)
