import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const root = join(__dirname, "..", "..", "..");

/** Program that works for half a second, and then says that it goes on. */
const program = (wrapped: boolean) => `
  const { leavingInterruption } = require("./lab/interruption.ts");
  const work = () => new Promise((resolve) => setTimeout(resolve, 500));
  const all = ${wrapped ? "leavingInterruption(work)" : "work()"};
  console.log("works");
  void all.then(() => console.log("goes on", process.listenerCount("SIGINT")));
`;

async function interrupted(wrapped: boolean) {
  const child = spawn(process.execPath, ["--require", "./register.cjs", "--eval", program(wrapped)], { cwd: root });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await once(child.stdout, "data");
  child.kill("SIGINT");
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  return { code, signal, said };
}

test("Ctrl-C does not end a program while Pulumi works, and counts again afterwards", async () => {
  expect(await interrupted(true)).toEqual({ code: 0, signal: null, said: "works\ngoes on 0\n" });
});

test("it ends the program otherwise", async () => {
  expect(await interrupted(false)).toEqual({ code: null, signal: "SIGINT", said: "works\n" });
});
