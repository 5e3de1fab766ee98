/** Steps of a restore into the database that exists: what is left after each way in which it can end. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as inPlace from "../../../../../components/backups/in-pod/in-place";
import * as logins from "../../../../../components/backups/in-pod/refused-logins";
import type { Manifest } from "../../../../../components/backups/in-pod/stored";
import { recordKey, recordName, type RestoreRecord } from "../../../../../components/backups/restore-record";
import * as client from "../../../../../components/postgres/in-pod/client";
import { FakeNamespace } from "../../../../support/fake-namespace";

const cluster = new FakeNamespace();
const said: string[] = [];
jest.spyOn(console, "log").mockImplementation((line: string) => void said.push(line));
jest.spyOn(client, "connectPostgres").mockResolvedValue({
  query: () => Promise.resolve({ rows: [{ login: "postgres" }] }),
  end: () => Promise.resolve(),
} as never);
const plan = { roles: ["app"], connect: { revoked: [""], granted: ["monitor"] } };
jest.spyOn(logins, "planRefusal").mockResolvedValue(plan);
const refused = jest.spyOn(logins, "refuseLogins").mockResolvedValue({ refused: ["app"], admitted: ["reporter"] });
const accepted = jest.spyOn(logins, "acceptLogins").mockResolvedValue();

const manifest: Manifest = {
  ...{ dump: "dump.dump", system: "prism", release: "5.0.0", change: "", taken: "2026-11-27T01:00:00Z", lsn: "" },
  ...{ bytes: 10, sha256: "", tables: 4, rows: 42, proof: "restored", selection: { schemas: "public\nsqitch\n" } },
};
let fetched: Manifest;
const { report, resume, takeBack } = inPlace;
/** Stops the writers, and has taken the dump of the state before. */
const stop = async () => {
  await inPlace.stop();
  await inPlace.saved();
};
const begin = () =>
  inPlace.begin((_, path) => {
    writeFileSync(`${path}.schemas`, "public\nsqitch\n");
    return Promise.resolve(fetched);
  });

let directory: string;
const file = (name: string) => join(directory, name);
/** Leaves what a new pod finds: the cluster, and no file. */
function newPod(): void {
  if (directory) rmSync(directory, { recursive: true });
  directory = mkdtempSync(join(tmpdir(), "runsheet-in-place-"));
  process.env.RUNSHEET_DUMPS = process.env.RUNSHEET_HANDOVER = directory;
}
const hand = (name: string, content = "") => writeFileSync(file(name), content);
const record = () => {
  const data = cluster.configMap(recordName);
  return data && (JSON.parse(data[recordKey]!) as RestoreRecord);
};
const running = { deployments: { api: 3, worker: 1 }, suspended: [] };
const stopped = { deployments: { api: 0, worker: 0 }, suspended: ["nightly"] };

beforeEach(() => {
  newPod();
  Object.assign(process.env, {
    ...{ RESTORE: "abc", DUMP: "daily/one", SAFETY: "prism-before-restore", SECONDS: "10" },
  });
  cluster.clear();
  cluster.deployment("api", 3);
  cluster.deployment("worker", 1);
  cluster.cronJob("nightly");
  fetched = manifest;
  said.length = 0;
  refused.mockClear();
  accepted.mockClear();
});
afterAll(() => rmSync(directory, { recursive: true }));

test("a success stops everything, and starts it again once it is verified", async () => {
  await begin();
  expect(said).toEqual(["fetched daily/one, taken 2026-11-27T01:00:00Z: 42 rows in 4 tables"]);
  expect(readFileSync(file("safety-dump"), "utf8")).toMatch(/^prism-before-restore-\d{8}T\d{6}Z$/);
  expect(existsSync(file("restored.dump.unproven"))).toBe(false);
  expect(cluster.changes).toEqual([]);

  await inPlace.stop();
  expect(cluster.state()).toEqual(stopped);
  const writers = { deployments: { api: 3, worker: 1 }, cronJobs: ["nightly"], jobs: [] };
  const without = { id: "abc", dump: "daily/one", writers, logins: plan };
  expect(record()).toEqual({ ...without, step: "stopped" });
  await inPlace.saved();
  const safetyDump = `before-migration/${readFileSync(file("safety-dump"), "utf8")}`;
  const about = { ...without, safetyDump };
  expect(record()).toEqual({ ...about, step: "replacing" });
  expect(said.slice(1)).toEqual([
    "stopped: api, worker",
    "refused to log in: app",
    "not refused: reporter, postgres; the tables are locked to them meanwhile",
  ]);

  hand("restored.dump.state", "replaced\n");
  await resume();
  expect(cluster.state()).toEqual(running);
  expect(accepted).toHaveBeenCalledTimes(1);
  expect(record()).toEqual({ ...about, step: "done" });
  said.length = 0;
  await report();
  expect(said).toEqual(["restored daily/one and verified it", `the state before is in the dump ${safetyDump}`]);
});

test("what is to be stopped is recorded before it is stopped", async () => {
  await begin();
  await stop();
  expect(cluster.changes.slice(0, 3)).toEqual([
    `PATCH configmaps/${recordName}`,
    "POST configmaps",
    "PATCH cronjobs/nightly",
  ]);
});

test("one that was done is not done again, also by a changed pod", async () => {
  await begin();
  await stop();
  hand("restored.dump.state", "replaced\n");
  await resume();
  newPod();
  said.length = 0;
  cluster.changes.length = 0;
  await begin();
  expect(existsSync(file("unneeded"))).toBe(true);
  await resume();
  await report();
  expect(cluster.changes).toEqual([]);
  expect(said[0]).toBe("daily/one was restored by an earlier run");
});

test("a failure before anything was stopped says so", async () => {
  await begin();
  hand("failure", "the dump cannot be restored");
  await expect(resume()).rejects.toThrow("Nothing was stopped for the restore, and the database is as it was.");
  expect(cluster.changes).toEqual([]);
});

test.each([
  ["the dump of the state before", inPlace.stop],
  ["the restore", stop],
])("a failure of %s starts everything again", async (_, stopped) => {
  await begin();
  await stopped();
  hand("failure", "nothing was restored");
  await expect(resume()).rejects.toThrow("The database is as it was, and what was stopped for the restore runs again.");
  expect(cluster.state()).toEqual(running);
  expect(accepted).toHaveBeenCalledWith(expect.anything(), plan);
  expect(record()).toBeUndefined();
});

const wayOut = (contents: string, safetyDump: string) =>
  `The database ${contents} and is not verified. What was stopped for the restore stays stopped. What to do: mend what is named above and run up again; ` +
  `or restore another dump, such as ${safetyDump} with the state before; or remove restore from the configuration and run up, which starts everything with the database as it is.`;

describe("where nobody has verified the database", () => {
  let safetyDump: string;
  beforeEach(async () => {
    await begin();
    safetyDump = `before-migration/${readFileSync(file("safety-dump"), "utf8")}`;
    await stop();
  });
  afterEach(() => expect(cluster.state()).toEqual(stopped));

  test("since the verification failed, nothing is started, and the ways out are named", async () => {
    hand("restored.dump.state", "replaced\n");
    hand("failure", "index missing");
    await expect(resume()).rejects.toThrow(wayOut("has the contents of daily/one", safetyDump));
    expect(record()).toMatchObject({ step: "unverified" });
  });

  test("since the connection was lost at its end, nothing is started", async () => {
    hand("restored.dump.state", "unknown\n");
    hand("failure", "the connection was lost");
    await expect(resume()).rejects.toThrow(wayOut("may have the contents of daily/one", safetyDump));
  });

  test("since its pod was killed, the next one that fails starts nothing either", async () => {
    newPod();
    await begin();
    hand("failure", "the store answered 500");
    await expect(resume()).rejects.toThrow(wayOut("may have the contents of daily/one", safetyDump));
  });
});

describe("the next run after one whose pod was killed", () => {
  test("keeps the dump of the state before, and starts everything in the end", async () => {
    await begin();
    await stop();
    const { safetyDump } = record()!;
    newPod();
    await begin();
    expect(existsSync(file("safety-dump"))).toBe(false);
    await stop();
    expect(record()).toMatchObject({ safetyDump, writers: { deployments: { api: 3, worker: 1 } }, logins: plan });
    hand("restored.dump.state", "replaced\n");
    await resume();
    expect(cluster.state()).toEqual(running);
  });

  test("takes another dump of the state before, if the first was not stored", async () => {
    await begin();
    await inPlace.stop();
    const first = record()!;
    expect(first).toMatchObject({ step: "stopped" });
    expect(first.safetyDump).toBeUndefined();
    newPod();
    await begin();
    await stop();
    expect(record()!.safetyDump).toBe(`before-migration/${readFileSync(file("safety-dump"), "utf8")}`);
    expect(record()!.writers).toEqual(first.writers);
  });

  test("may restore another dump", async () => {
    await begin();
    await stop();
    const { safetyDump } = record()!;
    newPod();
    Object.assign(process.env, { RESTORE: "def", DUMP: safetyDump });
    await begin();
    await stop();
    hand("restored.dump.state", "replaced\n");
    await resume();
    expect(record()).toMatchObject({ id: "def", dump: safetyDump, step: "done", safetyDump });
    expect(cluster.state()).toEqual(running);
  });
});

describe("a restore that was removed from the configuration", () => {
  test("has what it stopped started again", async () => {
    await begin();
    await stop();
    newPod();
    said.length = 0;
    await takeBack();
    expect(cluster.state()).toEqual(running);
    expect(accepted).toHaveBeenCalledWith(expect.anything(), plan);
    expect(record()).toBeUndefined();
    expect(said).toEqual([
      "what was stopped for the restore of daily/one runs again, with a database that may have its contents and is not verified",
    ]);
  });

  test("has nothing to be started if it was done", async () => {
    await begin();
    await stop();
    hand("restored.dump.state", "replaced\n");
    await resume();
    cluster.changes.length = 0;
    said.length = 0;
    await takeBack();
    expect(cluster.changes).toEqual([]);
    expect(said).toEqual(["no restore has left anything stopped"]);
  });
});

test("a dump that was only read is to be proven first", async () => {
  fetched = { ...manifest, proof: "read" };
  await begin();
  expect(existsSync(file("restored.dump.unproven"))).toBe(true);
});

test("without a dump of the state before, none is named", async () => {
  process.env.SAFETY = "";
  await begin();
  await stop();
  expect(existsSync(file("safety-dump"))).toBe(false);
  hand("restored.dump.state", "replaced\n");
  await resume();
  said.length = 0;
  await report();
  expect(said[1]).toBe("no dump was taken of the state before");
});

test("a dump of a whole database is refused", async () => {
  fetched = { ...manifest, selection: undefined };
  await expect(begin()).rejects.toThrow(
    "daily/one is a dump of a database that the stack made; it can be restored only into such a one (postgres.engine cloudnativepg)",
  );
});
