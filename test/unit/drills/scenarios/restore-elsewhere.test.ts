/** Keys of the object store: a drill reads them, and keeps them in no file. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Drill } from "../../../../drills/scenario";
import type { Kubectl } from "../../../../drills/kubectl";
import { readProgress, saveProgress } from "../../../../drills/progress-file";
import { restoreElsewhere } from "../../../../drills/scenarios/restore-elsewhere";
import type { DrilledStack } from "../../../../drills/stack";
import { StackSettings } from "../../../../drills/stack-settings";
import { Timeline, type Progress } from "../../../../drills/timeline";
import type { CopyArgs } from "../../../../drills/elsewhere/program";
import { Copy } from "../../../../drills/elsewhere/stack";

let given: CopyArgs | undefined;
const done: string[] = [];
jest.spyOn(Copy.prototype, "destroy").mockImplementation(() => Promise.resolve(void done.push("destroy")));
jest.spyOn(Copy.prototype, "up").mockImplementation((args) => {
  given = args;
  return Promise.resolve(void done.push("up"));
});

const directory = mkdtempSync(join(tmpdir(), "runsheet-elsewhere-"));
afterAll(() => rmSync(directory, { recursive: true }));
beforeEach(() => (done.length = 0));

const settings = new StackSettings("production", {
  config: {
    "runsheet:systems": ["prism"],
    "runsheet:context": "prod",
    "runsheet:backups": { bucket: "backups", region: "eu-west-1" },
    "prism:postgres": { engine: "cloudnativepg" },
    "prism:release": "5.0.0",
  },
});
const segment = "00000001000000000000000A";
const cluster = {
  spec: {
    imageName: "postgresql:17",
    storage: { size: "1Gi" },
    bootstrap: { initdb: { database: "prism", secret: { name: "prism-owner" } } },
  },
};

function drill(progress?: Progress, restoredTo = segment): Drill {
  const stack = Object.assign(settings, {
    databases: () => Promise.resolve({ live: "prism-postgresql", server: "prism-postgresql-1", givenUp: [] }),
    secret: (key: string) => Promise.resolve(`secret value of ${key}`),
  }) as unknown as DrilledStack;
  const run = (...args: string[]) => {
    const said = args.join(" ");
    if (said.includes("clusters.postgresql.cnpg.io")) return Promise.resolve(JSON.stringify(cluster));
    if (said.startsWith("get namespace")) return Promise.resolve("");
    if (said.startsWith("get pods")) return Promise.resolve("prism-postgresql-1");
    if (said.includes("pg_stat_archiver")) return Promise.resolve(`${segment}|5|60|0`);
    if (said.includes("pg_walfile_name")) return Promise.resolve(restoredTo);
    return Promise.resolve("12");
  };
  const timeline = new Timeline({ progress, print: () => undefined, save: (now) => saveProgress(directory, now) });
  const expectSamePlace = () => Promise.resolve();
  return { stack, kubectl: { run } as unknown as Kubectl, timeline, directory, expectSamePlace };
}

test("the copy has the keys, and no file of the drill has", async () => {
  const outcome = await restoreElsewhere.run(drill(), "stack");
  const keys = {
    accessKeyId: "secret value of runsheet:backupsAccessKeyId",
    secretAccessKey: "secret value of runsheet:backupsSecretAccessKey",
  };
  expect(given!.databases[0]!.keys).toEqual(keys);
  const names = readdirSync(directory);
  expect(names.sort()).toEqual(["progress.json", "progress.sealed"]);
  for (const name of names) expect(readFileSync(join(directory, name), "latin1")).not.toContain("secret value");
  expect(JSON.stringify(outcome)).not.toContain("secret value");
});

test("one that continues makes room again, unless the restore has begun", async () => {
  const all = readProgress(directory);
  const restoring = "restore and verify them in a stack of their own (pulumi up)";
  const { [restoring]: _, ...results } = all.results;
  const before = { ...all, results, begun: all.begun!.filter((title) => title !== restoring) };
  await restoreElsewhere.run(drill(before), "stack");
  expect(done).toEqual(["destroy", "up"]);
  done.length = 0;
  await restoreElsewhere.run(drill({ ...all, results }), "stack");
  expect(done).toEqual(["up"]);
});

test("a database that lacks the end of its archive is a failed drill, with the reason", async () => {
  const late = drill(undefined, "000000020000000000000009");
  const message =
    "prism was restored to 000000020000000000000009, but its archive had 00000001000000000000000A when the drill began";
  await expect(restoreElsewhere.run(late, "stack")).rejects.toThrow(message);
  expect(late.timeline.steps.at(-1)).toMatchObject({ title: "see how far each was restored", error: message });
});
