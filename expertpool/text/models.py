"""Language models that others plug in: entry points of `expertpool.text_models`, each an `Encode`."""

from __future__ import annotations

from importlib.metadata import entry_points

from expertpool.errors import N_, Invalid
from expertpool.text.directions import Encode

GROUP = "expertpool.text_models"


def load(name: str) -> Encode:
    """Return the model of that name; refuses one that is not installed."""
    installed = entry_points(group=GROUP)
    if name not in installed.names:
        names = ", ".join(sorted(installed.names)) or "-"
        raise Invalid(N_("there is no model “%(name)s”; installed: %(names)s."), name=name, names=names)
    encode: Encode = installed[name].load()
    return encode
