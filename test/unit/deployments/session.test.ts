/** Runs of a stack one after the other, as their owner and as others see them. */
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Session } from "../../../deployments/session";
import { beforeOf, eventsOf, RecordedPlace, upTo } from "../../support/deployment/recorded";

const run = { began: "2026-12-01T10:00:00.000Z", by: "Ada", byFrom: "git" as const };
/** Process id that no process has: it is above the kernel's greatest. */
const dead = 2 ** 22 + 1;
const now = new Date("2026-12-01T12:00:00Z");

let place: RecordedPlace;
let session: Session;

beforeEach(() => {
  place = new RecordedPlace();
  session = new Session(place, () => Promise.resolve(beforeOf("release")));
});
afterEach(() => {
  session.close();
  place.remove();
});

const state = async () => {
  await session.poll(now);
  return session.deployment().state;
};
const reported = () => (JSON.parse(readFileSync(session.report![2]!, "utf8")) as { result: string }).result;

test("an empty log is no run", async () => expect(await state()).toBe("waiting"));

test("nobody else can read the log", () => {
  expect(statSync(place.log).mode & 0o777).toBe(0o600);
  expect(statSync(place.directory).mode & 0o777).toBe(0o700);
});

test("a run of another Pulumi is followed; its report is written and its log emptied", async () => {
  const events = eventsOf("release");
  const half = upTo(events, "shop-migrate", "begins");
  place.tell(...events.slice(0, half));
  expect([await state(), session.run]).toEqual(["running", undefined]);
  place.tell(...events.slice(half));
  expect([await state(), reported()]).toEqual(["succeeded", "succeeded"]);
  expect(session.report!.map((file) => file.slice(place.reports.length + 1).replace(/-20.*Z/, "-TIME"))).toEqual([
    "test-TIME.html",
    "test-TIME.md",
    "test-TIME.json",
  ]);
  expect(statSync(place.log)).toMatchObject({ size: 0, mode: 0o100600 });
  expect(await state()).toBe("succeeded");
});

test("the next run takes the place of the one before with its first event", async () => {
  place.tell(...eventsOf("release"));
  await state();
  const [first] = session.report!;
  place.tell(...eventsOf("failed").slice(0, 2));
  expect([await state(), session.report]).toEqual(["running", undefined]);
  place.tell(...eventsOf("failed").slice(2));
  expect([await state(), reported()]).toEqual(["failed", "failed"]);
  expect(session.report![0]).not.toBe(first);
});

test("a preview before an up is in the same log, and has no report", async () => {
  const events = eventsOf("same");
  const planned = events.map(({ resourcePreEvent: told, ...event }) => ({
    ...event,
    ...(told && { resourcePreEvent: { ...told, planning: true } }),
  }));
  place.tell(...planned);
  expect([await state(), session.report]).toEqual(["previewed", undefined]);
  truncateSync(place.log);
  expect(await state()).toBe("previewed");
  place.tell(...events.map((event) => ({ ...event, timestamp: event.timestamp + 60 })));
  expect([await state(), reported()]).toEqual(["succeeded", "succeeded"]);
});

test("the owner of a run writes its report, and removes its log", async () => {
  place.begin({ owner: process.pid, engine: process.pid, run }, beforeOf("release"));
  const owner = new Session(place, () => Promise.reject(new Error("not asked")), true);
  place.tell(...eventsOf("release"));
  expect([await state(), session.run, session.report]).toEqual(["succeeded", run, undefined]);
  await owner.end(now);
  owner.close();
  expect(owner.report).toHaveLength(3);
  expect([place.log, join(place.directory, "run.json")].map((file) => existsSync(file))).toEqual([false, false]);
  expect([await state(), session.report]).toEqual(["succeeded", undefined]);
});

test("who watches sees the last words of a run whose log is removed", async () => {
  const events = eventsOf("release");
  place.begin({ owner: process.pid, engine: process.pid, run }, beforeOf("release"));
  place.tell(...events.slice(0, 10));
  expect(await state()).toBe("running");
  place.tell(...events.slice(10));
  place.clear();
  expect(await state()).toBe("succeeded");
});

test("an engine that was killed is noticed, and its owner writes the report", async () => {
  const events = eventsOf("release");
  place.begin({ owner: process.pid, engine: dead, run }, beforeOf("release"));
  place.tell(...events.slice(0, upTo(events, "shop-migrate", "begins")));
  expect([await state(), session.report]).toEqual(["interrupted", undefined]);
});

test("if its owner was killed, too, whoever sees it writes the report", async () => {
  const events = eventsOf("release");
  place.begin({ owner: dead, engine: dead, run }, beforeOf("release"));
  place.tell(...events.slice(0, upTo(events, "shop-migrate", "begins")));
  writeFileSync(place.log, '{"sequence":99,"resourcePre', { flag: "a" });
  expect([await state(), reported()]).toEqual(["interrupted", "interrupted"]);
  expect(existsSync(place.log)).toBe(false);
});

test("an engine that ended before it began has no report", async () => {
  place.begin({ owner: process.pid, engine: process.pid, run }, []);
  const owner = new Session(place, () => Promise.resolve([]), true);
  await owner.end(now);
  owner.close();
  expect([owner.deployment().state, owner.report]).toEqual(["interrupted", undefined]);
});
