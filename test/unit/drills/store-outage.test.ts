/** Outage of the object store: what PostgreSQL says of it, how long there is room, and when there is a backup again. */
import type { ClusterDatabase } from "../../../drills/cluster-database";
import { objectStoreLost } from "../../../drills/scenarios/object-store-lost";
import { StackSettings } from "../../../drills/stack-settings";
import {
  archivingFails,
  expectBaseBackup,
  ledBack,
  loseStore,
  newestBackup,
  roomText,
} from "../../../drills/store-outage";

const backup = (name: string, creationTimestamp: string, status?: object, cluster = "prism-postgresql") => ({
  metadata: { name, creationTimestamp },
  spec: { cluster: { name: cluster } },
  status,
});
const disaster = Date.parse("2026-12-01T10:00:00.500Z");
const text = (...items: object[]) => JSON.stringify({ items });

test("the newest backup since the disaster counts, of this database alone", () => {
  const items = [
    backup("late", "2026-12-01T10:05:00Z", { phase: "running" }),
    backup("before", "2026-12-01T09:00:00Z", { phase: "completed" }),
    backup("same-second", "2026-12-01T10:00:00Z", { phase: "failed", error: "no route" }),
    backup("other", "2026-12-01T10:09:00Z", { phase: "completed" }, "pm-postgresql"),
  ];
  expect(newestBackup(text(...items), "prism-postgresql", disaster)).toMatchObject({ name: "late", phase: "running" });
  expect(newestBackup(text(items[2]!), "prism-postgresql", disaster)).toEqual({
    ...{ name: "same-second", phase: "failed", error: "no route" },
  });
  expect(newestBackup(text(items[1]!), "prism-postgresql", disaster)).toBeUndefined();
});

/** Database stand-in. `answers` are the successive answers of kubectl, or of a query for the number of failures. */
function database(answers: string[]) {
  const done: string[] = [];
  const next = () => (answers.length > 1 ? answers.shift()! : answers[0]!);
  const run = (...args: string[]) => {
    done.push(args.join(" "));
    return Promise.resolve(next());
  };
  const sql = (statement: string) => Promise.resolve(statement.includes("failed_count") ? next() : "");
  const drilled = {
    kubectl: { run },
    sql,
    now: () => Promise.resolve(42),
    namespace: "prism",
    name: "prism-postgresql",
  };
  return { done, drilled: drilled as unknown as ClusterDatabase };
}

test("a base backup is waited for", async () => {
  const running = text(backup("b", "2026-12-01T10:05:00Z", { phase: "running" }));
  const completed = text(backup("b", "2026-12-01T10:05:00Z", { phase: "completed" }));
  const { done, drilled } = database([text(), running, completed]);
  expect(await expectBaseBackup(drilled, disaster, 1)).toBe("b");
  expect(done).toHaveLength(3);
});

test("a base backup that fails is an error with its reason", async () => {
  const { drilled } = database([text(backup("b", "2026-12-01T10:05:00Z", { phase: "failed", error: "no route" }))]);
  await expect(expectBaseBackup(drilled, disaster, 1)).rejects.toThrow(
    "the base backup of prism-postgresql is failed: no route",
  );
});

test("archiving fails once PostgreSQL counts one failure more", async () =>
  expect(await archivingFails(database(["3", "3", "4"]).drilled, 1)).toBe(42));

test("archiving that goes on without a store is an error", async () => {
  let now = 0;
  jest.spyOn(Date, "now").mockImplementation(() => (now += 400_000));
  await expect(archivingFails(database(["3"]).drilled, 1)).rejects.toThrow(
    "prism-postgresql archives although its object store is away: nothing failed within 10 min",
  );
  jest.restoreAllMocks();
});

test("only the archive's address is changed, and no key", async () => {
  const { done, drilled } = database([""]);
  await loseStore(drilled);
  expect(done).toEqual([
    'patch -n prism objectstores.barmancloud.cnpg.io/prism-postgresql --type=merge --patch={"spec":{"configuration":{"endpointURL":"http://127.0.0.1:9"}}}',
  ]);
});

test("archives are led back to the store", async () => {
  const { done, drilled } = database([""]);
  expect(await ledBack("https://s3.example", [drilled])).toBe("The archives lead to the object store again.");
  expect(done).toEqual([
    'patch -n prism objectstores.barmancloud.cnpg.io/prism-postgresql --type=merge --patch={"spec":{"configuration":{"endpointURL":"https://s3.example"}}}',
  ]);
});

test("archives that lead nowhere are named, and what leads them back", async () => {
  const { drilled } = database([""]);
  const other = { ...drilled, name: "pm-postgresql", kubectl: { run: () => Promise.reject(new Error("refused")) } };
  expect(await ledBack("https://s3.example", [drilled, other as unknown as ClusterDatabase])).toBe(
    "NOTHING IS ARCHIVED of pm-postgresql (refused): pulumi up leads the archives back.",
  );
});

test.each([
  [0, "0.27 MiB/s: without an archive its disk is full in 10.7 h."],
  [10 * 2 ** 20, "10.00 MiB/s: without an archive its disk is full in 0.3 h."],
])("%d bytes a second, and at least a segment a minute", (bytesPerSecond, end) =>
  expect(roomText("prism", { freeBytes: 10 * 2 ** 30, bytesPerSecond })).toBe(
    `prism has 10.0 GiB free for WAL, which grows by ${end}`,
  ),
);

test("a large disk has days", () =>
  expect(roomText("prism", { freeBytes: 100 * 2 ** 30, bytesPerSecond: 0 })).toMatch(/is full in 4\.4 days\.$/));

const settings = (config: Readonly<Record<string, unknown>>) => new StackSettings("staging", { config });

test("a stack without an archive, a protected one and a foreign database are refused", () => {
  const archived = { "runsheet:backups": {}, "runsheet:systems": ["prism"] };
  const unprotected = { ...archived, "runsheet:protect": false };
  expect(objectStoreLost.unsuitable!(settings({}), "stack")).toBe(
    "the stack staging has no archive to restore from: set runsheet:backups first",
  );
  expect(objectStoreLost.unsuitable!(settings(archived), "stack")).toBe(
    "the archive of the stack staging would have a gap, and its data is protected: use a stack with runsheet:protect false",
  );
  expect(
    objectStoreLost.unsuitable!(settings({ ...unprotected, "prism:postgres": { engine: "existing" } }), "stack"),
  ).toBe("the database of prism exists without the stack staging: this drill is for databases that the stack makes");
  expect(objectStoreLost.unsuitable!(settings(unprotected), "stack")).toBeUndefined();
});
