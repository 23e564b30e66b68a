"""The page behind a trainee's mailed link: accept or decline a place, give it back, leave the waiting list.

Following a link moves its token at once from the address into a narrow cookie; only buttons change anything.
"""

from __future__ import annotations

from flask import Response, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import Invalid
from expertpool.events import Actor
from expertpool.extensions import db, limiter
from expertpool.training import enrolling, links, queries
from expertpool.training.models import Enrolment, LessonState
from expertpool.web.kit import guards
from expertpool.web.training.blueprint import BOTH, blueprint
from expertpool.web.training.standing import shown_lessons

COOKIE = "place_link"
PATH = "/offer/"
LIFETIME = 30 * 60
"""Seconds that an opened link waits for its buttons."""
VERBS = {
    "accept": enrolling.accept_offer,
    "decline": enrolling.decline_offer,
    "leave": enrolling.cancel,
}


@blueprint.get(f"{PATH}<token>")
@guards.public
def follow_offer(token: str) -> ResponseReturnValue:
    """Move the token from the address into a cookie that only `/offer/` sees."""
    response = Response(status=303, headers={"Location": url_for(".offer")})
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(
        COOKIE, token, max_age=LIFETIME, path=PATH, httponly=True, samesite="Lax", secure=secure
    )
    return _quiet(response)


@blueprint.route(PATH, methods=BOTH)
@guards.public
@limiter.limit("30 per minute", methods=["POST"])
def offer() -> ResponseReturnValue:
    """The enrolment of an opened link, and what its buttons do."""
    enrolment = links.find(db.session, request.cookies.get(COOKIE, ""))
    if enrolment is None:
        return _quiet(make_response(render_template("training/offer_over.html"), 410))
    verb, refused = VERBS.get(request.form.get("do", "")), ""
    if request.method == "POST" and verb is not None:
        person = enrolment.person
        try:
            verb(db.session, enrolment, actor=Actor(person.user_id, person.name, via="mail"), now=clock.now())
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            refused = error.sentence.translated(gettext)
    return _quiet(make_response(_page(enrolment, refused), 400 if refused else 200))


def _page(enrolment: Enrolment, refused: str) -> str:
    found = queries.lessons_of(db.session, [enrolment.cohort_id]).get(enrolment.cohort_id, [])
    return render_template(
        "training/offer.html",
        enrolment=enrolment,
        cohort=enrolment.cohort,
        course=enrolment.cohort.course,
        position=enrolling.position(db.session, enrolment),
        lessons=shown_lessons([each for each in found if each.state is LessonState.PLANNED]),
        refused=refused,
    )


def _quiet(response: Response) -> Response:
    """Keep the answer out of caches, and its address out of the next request."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer" if request.view_args else "same-origin"
    return response
