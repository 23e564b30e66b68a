"""The base of all forms, and errors of services put on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import Field, SelectFieldBase
from wtforms.form import BaseForm

from expertpool.errors import ExpertPoolError


class Form(FlaskForm):  # type: ignore[misc]
    """Base of all forms: CSRF-protected, in the reader's language.

    Mark optional fields with `validators.Optional()`; the label then says so.
    """

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Ask every field; no text may hold the character NUL, which PostgreSQL does not store.

        Of a value that can't be read only that is said: checks of its size would speak of nothing.
        A choice of blanks alone is none: `Optional` would let it pass without asking the choices.
        """
        for field in self:
            if isinstance(field, SelectFieldBase) and isinstance(field.data, str):
                field.data = field.data.strip()
        valid: bool = super().validate(extra_validators)
        for field in self:
            unread = list(field.process_errors)
            if unread and list(field.errors)[: len(unread)] == unread:
                field.errors = unread
            if isinstance(text := getattr(field, "data", None), str) and "\0" in text:
                field.errors = [
                    *field.errors,
                    gettext("This holds a character that can't be kept. Type it anew."),
                ]
                valid = False
        return valid

    @property
    def faults(self) -> list[tuple[Field | None, str]]:
        """Each error with its field; see `faults_of`."""
        return faults_of(self)


def faults_of(form: BaseForm) -> list[tuple[Field | None, str]]:
    """Return each error of a form with its field, in their order; form-wide ones first, without a field."""
    found: list[tuple[Field | None, str]] = [(None, text) for text in dict.fromkeys(form.form_errors)]
    for field in form:
        found += [(field, text) for text in _flat(field.errors)]
    return found


def put_error(form: Form, error: ExpertPoolError) -> None:
    """Put a service's error at the form's field that it names, else above the form."""
    text = error.sentence.translated(gettext)
    field = form._fields.get(getattr(error, "field", None))
    if field is None:
        form.form_errors.append(text)
    else:
        field.errors = [*field.errors, text]


def version_seen(form: Form) -> int | None:
    """Return the version of the record that the form's hidden field `version` carries, if any."""
    text = form["version"].data or ""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _flat(errors: Any) -> list[str]:
    """Return the messages inside the errors of a field, also of a FieldList or FormField."""
    if isinstance(errors, dict):
        return [text for inner in errors.values() for text in _flat(inner)]
    if isinstance(errors, list | tuple):
        return [text for inner in errors for text in _flat(inner)]
    return [str(errors)]
