import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../lab/command";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "command-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const print = "echo shown; echo told >&2";

test("a command's log is whole when the command has ended, and what follows is added", async () => {
  const log = join(directory, "new", "log");
  for (const times of [1, 2]) {
    expect(await run("bash", ["-c", print], { log })).toBe("shown\n");
    expect(readFileSync(log, "utf8").trim().split("\n").sort()).toEqual(
      ["shown", "told"].flatMap((line) => Array<string>(times).fill(line)),
    );
  }
});

test("a log that cannot be written is an error", async () => {
  await expect(run("bash", ["-c", print], { log: directory })).rejects.toThrow(`EISDIR: illegal operation`);
});

test("a failed command names itself, its code, its log, and the end of its output", async () => {
  const log = join(directory, "log");
  await expect(run("bash", ["-c", `${print}; exit 3`], { log })).rejects.toThrow(
    new RegExp(`^bash -c .* ended with 3 \\(all of its output: ${log}\\):\n(shown\ntold|told\nshown)$`, "s"),
  );
  expect(readFileSync(log, "utf8")).toContain("told");
});
