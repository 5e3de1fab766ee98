/** Warnings before the question: databases that exist, what a drill costs, and how old one is that goes on. */
import { databaseCorruption } from "../../../drills/scenarios/database-corruption";
import { pointInTime } from "../../../drills/scenarios/point-in-time";
import { restoreElsewhere } from "../../../drills/scenarios/restore-elsewhere";
import { secretLeak } from "../../../drills/scenarios/secret-leak";
import type { Scenario } from "../../../drills/scenario";
import { StackSettings } from "../../../drills/stack-settings";
import { warningsOf } from "../../../drills/warnings";

class Configured extends StackSettings {
  existingAddress = (system: string) => Promise.resolve(`db.example.com/${system}`);
}
const stack = new Configured("production", {
  config: {
    "runsheet:systems": ["prism", "pm"],
    "pm:postgres": { engine: "existing" },
  },
});
const now = new Date("2026-12-01T12:00:00Z");
const warnings = (scenario: Scenario, system: string, asked: Parameters<typeof warningsOf>[3] = {}) =>
  warningsOf(scenario, system, stack, asked, now);
const ofPm = "The database of pm was not made by the stack: db.example.com/pm";

test("a database that exists is named with its host", async () => {
  expect(await warnings(databaseCorruption, "pm")).toEqual([
    ofPm,
    "The database exists without the stack: a dump is taken and restored in its place. What anybody writes between the two is lost",
  ]);
  expect(await warnings(databaseCorruption, "prism")).toEqual([]);
});

test("a drill of the whole stack names all, and one in a copy none", async () => {
  expect(await warnings(secretLeak, "stack")).toContain(ofPm);
  expect(await warnings(restoreElsewhere, "stack")).not.toContain(ofPm);
});

test.each([
  ["2026-12-01T11:30:00Z", "30 min 0 s"],
  ["2026-11-28T12:00:00Z", "3.0 days"],
])("a restore to %s says how much of the present is put back", async (at, time) =>
  expect(await warnings(pointInTime, "prism", { at })).toEqual([
    `The database is put back to ${at}: what was written in the ${time} since then, and until the end of the restore, is not in the one that is served afterwards`,
  ]),
);

test("a restore to before the mistake says what is not served", async () =>
  expect(await warnings(pointInTime, "prism")).toEqual([
    "What anybody writes from the mistake to the end of the restore is not in the database that is served afterwards",
  ]));

test("a drill that goes on says how old it is", async () =>
  expect(await warnings(databaseCorruption, "prism", { progress: { started: now.getTime() - 18_000_000 } })).toEqual([
    "The drill began 5.0 h ago, and goes on: what it restores is what was there then",
  ]));
