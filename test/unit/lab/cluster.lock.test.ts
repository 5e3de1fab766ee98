import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exclusively } from "../../../lab/cluster/lock";

const root = join(__dirname, "../../..");
let directory: string;
let file: string;
let said: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "runsheet-test-"));
  file = join(directory, "lock");
  said = [];
  jest.spyOn(console, "log").mockImplementation((line: string) => void said.push(line));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

test("who comes second waits for the first, and says so", async () => {
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} begins`);
    // Until the second waits for it, however long that takes on a busy machine.
    while (said.length === 0) await sleep(10);
    order.push(`${name} ends`);
  };
  const first = exclusively(work("first"), file);
  while (order.length === 0) await sleep(10);
  await Promise.all([first, exclusively(work("second"), file)]);
  expect(order).toEqual(["first begins", "first ends", "second begins", "second ends"]);
  expect(said).toEqual([
    `  ... the lab is being started or stopped by another process (pid ${process.pid}): waiting for it`,
  ]);
});

test("what fails passes through, and the lock is free and gone", async () => {
  await expect(exclusively(() => Promise.reject(new Error("no")), file)).rejects.toThrow("no");
  expect(existsSync(file)).toBe(false);
  await expect(exclusively(() => Promise.resolve(7), file)).resolves.toBe(7);
  expect(said).toEqual([]);
});

test("the lock of a process that is killed is free", async () => {
  const program =
    `const { exclusively } = require(${JSON.stringify(join(root, "lab/cluster/lock.ts"))});` +
    `exclusively(() => new Promise(() => setInterval(() => undefined, 1000)), ${JSON.stringify(file)});`;
  const args = ["--require", "./register.cjs", "--eval", program];
  const owner = spawn(process.execPath, args, { cwd: root, stdio: "ignore" });
  while (!existsSync(file) || readFileSync(file, "utf8") === "") await sleep(20);
  owner.kill("SIGKILL");
  await once(owner, "exit");
  await expect(exclusively(() => Promise.resolve("ours"), file)).resolves.toBe("ours");
}, 30_000);
