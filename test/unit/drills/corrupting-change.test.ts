/** Copy of a system's migrations with a bad one at its end. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqitchSource } from "../../../components/migrations";
import { corruptingChange, obstacleToChange, withCorruptingChange } from "../../../drills/corrupting-change";
import { StackSettings } from "../../../drills/stack-settings";
import { systems } from "../../../systems";

const configured = (config: Readonly<Record<string, unknown>>) => new StackSettings("staging", { config });
let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "runsheet-bad-migration-"))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const migrated = systems.filter(({ migrations }) => migrations !== undefined);

test.each(migrated.map(({ name }) => name))("%s: the bad change comes last, and nothing else differs", (name) => {
  const shipped = sqitchSource(migrated.find((system) => system.name === name)!.migrations!);
  withCorruptingChange(configured({}), name, directory);
  const source = sqitchSource(directory);
  expect(source.project).toBe(shipped.project);
  expect(source.changes.slice(0, -1)).toEqual(shipped.changes);
  expect(source.changes.at(-1)).toMatchObject({ name: corruptingChange, id: "runsheet-drill-damages-rows" });
  expect(source.obstacleToOneTransaction([source.changes.at(-1)!])).toBeUndefined();
});

test("only the drill's table is touched", () => {
  withCorruptingChange(configured({}), "prism", directory);
  expect(readFileSync(join(directory, "deploy", `${corruptingChange}.sql`), "utf8")).toBe(
    "BEGIN;\nSET LOCAL lock_timeout = '5s';\nSET LOCAL statement_timeout = '60s';\nUPDATE public.runsheet_drill SET written = '-infinity';\nCOMMIT;\n",
  );
});

test("a second copy replaces the first", () => {
  withCorruptingChange(configured({}), "prism", directory);
  withCorruptingChange(configured({}), "prism", directory);
  expect(sqitchSource(directory).changes.filter(({ name }) => name === corruptingChange)).toHaveLength(1);
});

test("a Sqitch project of the team's own is used", () => {
  const own = configured({ "prism:migrations": { sqitch: "systems/mued/migrations" } });
  expect(obstacleToChange(own, "prism")).toBeUndefined();
  withCorruptingChange(own, "prism", directory);
  expect(sqitchSource(directory).project).toBe(
    sqitchSource(systems.find(({ name }) => name === "mued")!.migrations!).project,
  );
});

test.each([
  [
    { "prism:migrations": { sql: "../app/migrations" } },
    "prism",
    "this drill adds a change to a Sqitch project, and prism:migrations has none: leave it out or set prism:migrations.sqitch on a test stack",
  ],
  [{}, "ai-backend", "ai-backend has no migrations to which a bad one can be added"],
  [
    { "pm:schema": { target: "V3_010" } },
    "pm",
    "remove pm:schema.target first: the drill adds a change after the last one",
  ],
])("%j of %s is refused", (config, system, message) =>
  expect(obstacleToChange(configured(config), system)).toBe(message),
);
