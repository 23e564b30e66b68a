// Prints the instances of a calendar file as node-ical reads them.
import { createRequire } from "node:module";

const ical = createRequire(process.argv[3] + "/")("node-ical");
const parsed = ical.sync.parseFile(process.argv[2]);
const instances = Object.values(parsed)
  .filter((entry) => entry.type === "VEVENT")
  .map((event) => ({
    uid: event.uid,
    starts: event.start.getTime() / 1000,
    ends: event.end.getTime() / 1000,
    title: event.summary ?? "",
    place: event.location ?? "",
    status: event.status,
    sequence: Number(event.sequence),
  }));
console.log(JSON.stringify({ method: parsed.vcalendar?.method ?? null, instances }));
