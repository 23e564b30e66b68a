"""Print the instances of a calendar file as libical reads them: the library of GNOME's calendar."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib  # noqa: E402

calendar = ICalGLib.Component.new_from_string(Path(sys.argv[1]).read_text(encoding="utf-8"))


def seconds(event: ICalGLib.Component, kind: ICalGLib.PropertyKind, moment: ICalGLib.Time) -> int:
    """Return a moment by the calendar's own description of its time zone."""
    zone = event.get_first_property(kind).get_first_parameter(ICalGLib.ParameterKind.TZID_PARAMETER)
    if zone is None:
        return int(moment.as_timet_with_zone(ICalGLib.Timezone.get_utc_timezone()))
    return int(moment.as_timet_with_zone(calendar.get_timezone(zone.get_tzid())))


def instance(event: ICalGLib.Component) -> dict[str, object]:
    return {
        "uid": event.get_uid(),
        "starts": seconds(event, ICalGLib.PropertyKind.DTSTART_PROPERTY, event.get_dtstart()),
        "ends": seconds(event, ICalGLib.PropertyKind.DTEND_PROPERTY, event.get_dtend()),
        "title": event.get_summary(),
        "place": event.get_location() or "",
        "status": event.get_status().value_nick.upper(),
        "sequence": event.get_sequence(),
    }


found = []
kind = ICalGLib.ComponentKind.VEVENT_COMPONENT
component = calendar.get_first_component(kind)
while component is not None:
    found.append(instance(component))
    component = calendar.get_next_component(kind)
method = calendar.get_method().value_nick.upper()
print(json.dumps({"method": method, "instances": found}))
