/** Signals to a drill: what it has taken away is given back before it ends. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const root = join(__dirname, "..", "..", "..");

/** Program with a step that takes something away, and says when it was given back. */
const program = (working: string) => `
  const { interruption } = require("./drills/interruption.ts");
  const { Timeline } = require("./drills/timeline.ts");
  const { leavingInterruption } = require("./lab/interruption.ts");
  const { setTimeout: sleep } = require("node:timers/promises");
  const timeline = new Timeline({ interrupted: interruption(), print: () => {} });
  const undo = async () => "given back";
  timeline.step("lose", async () => { console.log("lost"); await ${working}; }, { undo })
    .then(() => console.log("goes on"), (error) => console.log(error.message))
    .finally(() => process.exit(3));
`;

async function interrupted(working: string, signal: NodeJS.Signals) {
  const child = spawn(process.execPath, ["--require", "./register.cjs", "--eval", program(working)], { cwd: root });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await once(child.stdout, "data");
  child.kill(signal);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said };
}

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("after %s it is given back", async (signal) =>
  expect(await interrupted("sleep(300)", signal)).toEqual({
    code: 3,
    said: `lost\ninterrupted by ${signal}\ngiven back\n`,
  }),
);

test("Ctrl-C is Pulumi's while it works", async () =>
  expect(await interrupted("leavingInterruption(() => sleep(300))", "SIGINT")).toEqual({
    code: 3,
    said: "lost\ngoes on\n",
  }));
