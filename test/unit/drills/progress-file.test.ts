/** Files of an interrupted drill: it goes on with what this user has kept, and with nothing else. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Progress } from "../../../drills/timeline";

const root = mkdtempSync(join(tmpdir(), "runsheet-progress-"));
const { XDG_STATE_HOME } = process.env;
let directory: string;
beforeEach(() => {
  process.env.XDG_STATE_HOME = join(root, "state");
  directory = mkdtempSync(join(root, "drill-"));
});
afterEach(() => {
  process.env.XDG_STATE_HOME = XDG_STATE_HOME;
  if (XDG_STATE_HOME === undefined) delete process.env.XDG_STATE_HOME;
});
afterAll(() => rmSync(root, { recursive: true }));

/** Loads the files' module as a process of its own does. */
function files(): typeof import("../../../drills/progress-file") {
  let loaded: typeof import("../../../drills/progress-file") | undefined;
  jest.isolateModules(() => {
    loaded = jest.requireActual<typeof import("../../../drills/progress-file")>("../../../drills/progress-file");
  });
  return loaded!;
}

const step = { title: "find", begin: 0, end: 1 };
const progress: Progress = { started: 1, steps: [step], results: { find: "prism-postgresql" }, begun: ["find"] };
const refused = (name: string) =>
  `the progress in reports/${name} was not written by this user on this machine, or by an earlier version of Runsheet, so it is not continued: see "An interrupted drill" in docs/drills.md, then remove the directory`;
const nameOf = (path: string) => path.slice(root.length + 1);

test("what was saved is read, and is this user's alone", () => {
  files().saveProgress(directory, progress);
  expect(files().readProgress(directory)).toEqual(progress);
  expect(readdirSync(directory).sort()).toEqual(["progress.json", "progress.sealed"]);
  for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(join(directory, "progress.json"), "utf8"))).toEqual(progress);
});

test("before a step has ended nothing tells an interrupted drill", () => {
  files().saveProgress(directory, { ...progress, steps: [] });
  expect(existsSync(join(directory, "progress.json"))).toBe(false);
});

test("what somebody has written into progress.json is not used", () => {
  files().saveProgress(directory, progress);
  const other = { ...progress, results: { find: "'; DROP TABLE invoices; --" } };
  writeFileSync(join(directory, "progress.json"), JSON.stringify(other));
  expect(files().readProgress(directory)).toEqual(progress);
});

test("one without the seal, or with a changed text, is refused", () => {
  writeFileSync(join(directory, "progress.json"), JSON.stringify(progress));
  expect(() => files().readProgress(directory)).toThrow(refused(nameOf(directory)));
  files().saveProgress(directory, progress);
  const sealed = join(directory, "progress.sealed");
  writeFileSync(sealed, readFileSync(sealed, "latin1").replace("prism-postgresql", "prism-postgresqX"), "latin1");
  expect(() => files().readProgress(directory)).toThrow(refused(nameOf(directory)));
});

test("one that another user has sealed is refused", () => {
  files().saveProgress(directory, progress);
  const mine = `${directory}-copy`;
  cpSync(directory, mine, { recursive: true });
  process.env.XDG_STATE_HOME = join(root, "other-state");
  expect(() => files().readProgress(mine)).toThrow(refused(nameOf(mine)));
});

test("a drill that could not be continued does not begin", () => {
  process.env.XDG_STATE_HOME = "/dev/null/nowhere";
  expect(() => files().saveProgress(directory, progress)).toThrow(
    "the drill's progress cannot be sealed, so that it could not be continued: let HOME or XDG_STATE_HOME name a directory that you can write to",
  );
});

test("what is removed is gone", () => {
  files().saveProgress(directory, progress);
  files().removeProgress(directory);
  expect(readdirSync(directory)).toEqual([]);
});
