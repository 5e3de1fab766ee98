/** Lock of a stack: one drill at a time. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { takeLock } from "../../../drills/lock";
import { projectDirectory } from "../../../engine/project";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "runsheet-lock-"));
  file = join(directory, "reports", "local.lock");
});
afterEach(() => rmSync(directory, { recursive: true }));

test("it has the id of the process, and is gone after the drill", () => {
  const giveBack = takeLock(file, "local");
  expect(readFileSync(file, "utf8")).toBe(`${process.pid}\n`);
  giveBack();
  expect(existsSync(file)).toBe(false);
});

const held = (holder: string) =>
  `another drill of the stack local is running, as process ${holder}: wait for its end. If that process is no drill, remove ${relative(projectDirectory, file)}`;

test("a second drill is refused, and names the first", () => {
  takeLock(file, "local")();
  writeFileSync(file, `${process.ppid}\n`);
  expect(() => takeLock(file, "local")).toThrow(held(String(process.ppid)));
  expect(readFileSync(file, "utf8")).toBe(`${process.ppid}\n`);
});

test("a lock whose process is gone is taken over", () => {
  takeLock(file, "local")();
  const { pid } = spawnSync(process.execPath, ["--version"]);
  writeFileSync(file, `${pid}\n`);
  takeLock(file, "local");
  expect(readFileSync(file, "utf8")).toBe(`${process.pid}\n`);
});

test("one that an earlier process with this id has left is taken over", () => {
  takeLock(file, "local");
  expect(() => takeLock(file, "local")).not.toThrow();
});

test("one whose id is not written yet is held", () => {
  takeLock(file, "local")();
  writeFileSync(file, "");
  expect(() => takeLock(file, "local")).toThrow(held(""));
});
