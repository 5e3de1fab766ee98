/** Processes that run, that have ended, and that have ended without anybody looking after them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "../../../deployments/place";

test("a process that has ended does not run, looked after by its parent or not", async () => {
  // The parent becomes another program, which never looks after the child of the first one.
  const parent = spawn("sh", ["-c", "true & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
  try {
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    await sleep(500);
    expect(isAlive(Number(line.toString()))).toBe(false);
    expect(isAlive(parent.pid!)).toBe(true);
  } finally {
    parent.kill();
  }
  await once(parent, "exit");
  expect(isAlive(parent.pid!)).toBe(false);
});
