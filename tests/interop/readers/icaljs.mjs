// Prints the instances of a calendar file as ical.js reads them: the library of Thunderbird.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const loaded = createRequire(process.argv[3] + "/")("ical.js");
const ICAL = loaded.default ?? loaded;
const calendar = new ICAL.Component(ICAL.parse(readFileSync(process.argv[2], "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(zone);
}
const instances = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    starts: event.startDate.toUnixTime(),
    ends: event.endDate.toUnixTime(),
    title: event.summary,
    place: event.location ?? "",
    status: component.getFirstPropertyValue("status"),
    sequence: event.sequence,
  };
});
console.log(JSON.stringify({ method: calendar.getFirstPropertyValue("method"), instances }));
