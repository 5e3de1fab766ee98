/** Deployments by the real engine, as a terminal, a page and a report show them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectDirectory } from "../../engine/project";
import { Place } from "../../deployments/place";
import { readReports } from "../../deployments/report/files";
import { Session } from "../../deployments/session";
import { watch } from "../../deployments/watch/watch";
import { DemoStack, secret } from "../support/deployment/demo-stack";
import { execute, type Result } from "../support/workspace";

const stack = new DemoStack();
const program = ["--require", "./register.cjs", "test/support/deployment/up.ts", stack.program, stack.reports];
const escape = "\u001b";

/** Runs the `up` without a terminal. */
const up = (...options: string[]) =>
  execute("node", [...program, ...options], projectDirectory, { ...stack.environment });

/**
 * Runs it in a terminal of 70 columns.
 * @param answer typed when the question has come. Default: nothing is typed
 */
function inTerminal(environment: Record<string, string>, options: readonly string[], answer = ""): Promise<Result> {
  const command = ["stty cols 70 rows 20;", "node", ...program, ...options].join(" ");
  const env = { ...process.env, ...stack.environment, TERM: "xterm", ...environment };
  return new Promise((resolve, reject) => {
    const args = ["--quiet", "--return", "--command", command, "/dev/null"];
    const child = spawn("script", args, { cwd: projectDirectory, env, stdio: ["pipe", "pipe", "inherit"] });
    let output = "";
    let isAnswered = answer === "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (!isAnswered && output.includes("yes or no: ")) {
        isAnswered = true;
        child.stdin.write(answer);
      }
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, output, stdout: output }));
  });
}

/** Waits until something is true, for at most a minute. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !(await isTrue()); await sleep(50))
    if (Date.now() > end) throw new Error("it did not become true within a minute");
}

/** Waits until a task of this step runs. */
async function untilRunning(name: string): Promise<void> {
  const session = new Session(new Place("test", stack.reports), () => stack.graph());
  await until(async () => {
    await session.poll();
    return session.deployment().tasks.some(({ step }) => step === name);
  });
  session.close();
}

const newest = () => readReports(stack.reports, "test").at(-1)!;
const statesOf = (system: string) =>
  newest()
    .systems.find(({ name }) => name === system)!
    .steps.map(({ name, state }) => `${name} ${state}`);

beforeAll(() => stack.create(1200));
afterAll(() => stack.remove());

test("without a terminal it prints what pulumi up prints, and writes the report", async () => {
  const { code, output } = await up("--consent", "given");
  expect(output).toMatch(/\nResources:\n {4}\+ 23 created\n/);
  expect(output).toMatch(/\nReport: \S+\.html\n/);
  expect([code, newest().result]).toEqual([0, "succeeded"]);
  expect(statesOf("mail")).toEqual(["rollout done", "verify done"]);
});

test("in a terminal it shows the steps, on a block that is drawn anew", async () => {
  await stack.set({ release: "1.1" });
  const { code, output } = await inTerminal({}, ["--consent", "given"]);
  expect(output).toContain("  ok      shop       Database Migrations (");
  expect(output).toContain(`${escape}[0J`);
  expect(output).toContain("  shop       done; release 1.0 -> 1.1");
  expect(output).not.toContain("kubernetes:batch/v1:Job");
  const drawn = output.split(/\r?\n/).filter((line) => line.includes("  ...     "));
  expect(drawn.length).toBeGreaterThan(5);
  for (const line of drawn) expect(line.slice(line.lastIndexOf(escape) + 5).length).toBeLessThan(70);
  expect(code).toBe(0);
});

test("with NO_COLOR there is no control character in it", async () => {
  await stack.set({ release: "1.2" });
  const { output } = await inTerminal({ NO_COLOR: "1" }, ["--consent", "given"]);
  expect(output).toContain("  ...     shop       Smoke tests");
  expect(output).toContain("  ok      shop       Smoke tests");
  expect(output).not.toContain(escape);
});

test("--plain prints in a terminal, too, what pulumi up prints", async () => {
  const { output } = await inTerminal({}, ["--consent", "given", "--plain"]);
  expect(output).toContain("pulumi:pulumi:Stack");
  expect(output).toContain("23 unchanged");
  expect(output).not.toContain("steps done");
  expect(statesOf("mail")).toEqual(["rollout unchanged", "verify unchanged"]);
});

test("where it asks, it shows the preview first, and no changes nothing", async () => {
  await stack.set({ release: "1.3" });
  const before = newest();
  const { code, output } = await inTerminal({}, ["--consent", "asked"], "no\r");
  expect(output).toMatch(/Previewing update \(test\)/);
  expect(output).toContain("Bring the stack test up as shown? yes or no: ");
  expect([code, newest()]).toEqual([1, before]);
});

test("what fails has its error in full at the end, its way out and its report", async () => {
  await stack.set({ failing: "true" });
  const { code, output } = await inTerminal({}, ["--consent", "given"]);
  expect(code).not.toBe(0);
  const end = output.slice(output.indexOf("shop: Database Migrations failed"));
  expect(end).toMatch(/shop-broken: failed to write YAML file: "[^"]*": open \S+: no such file or directory/);
  expect(end).toContain("  - left on until maintenance-off is done: maintenance mode");
  expect(newest().result).toBe("failed");
  expect(statesOf("shop").slice(3)).toEqual(["migrate failed", "cron empty", "verify left", "maintenance-off left"]);
  await stack.set({ failing: "false" });
});

test("an up that does not begin says why itself", async () => {
  const { code, output } = await execute("node", [...program, "--consent", "given"], projectDirectory, {
    ...stack.environment,
    PULUMI_CONFIG_PASSPHRASE: "wrong",
  });
  expect(output).toContain("incorrect passphrase");
  expect(code).not.toBe(0);
  expect(existsSync(new Place("test", stack.reports).log)).toBe(false);
});

test("while it runs a second one is refused; a log that cannot be read ends nothing", async () => {
  await stack.set({ release: "1.3.1" });
  const place = new Place("test", stack.reports);
  const first = inTerminal({}, ["--consent", "given"]);
  await until(() => Promise.resolve(existsSync(place.log) && statSync(place.log).size > 0));
  const second = await up("--consent", "given");
  appendFileSync(place.log, "no event\n");
  expect(second.output).toMatch(/an up of the stack test has run since \S+Z, as process \d+: wait for its end\./);
  expect(second.code).not.toBe(0);
  const { code, output } = await first;
  expect(output).toContain("the steps are no longer shown: ");
  expect(output).toContain("Succeeded after ");
  expect(output).toMatch(/Resources:\r?\n/);
  expect(code).toBe(0);
});

test("the report of a killed up is written by the next one", async () => {
  await stack.set({ release: "1.4" });
  const before = readReports(stack.reports, "test").length;
  const env = { ...process.env, ...stack.environment };
  const args = [...program, "--consent", "given"];
  const { pid } = spawn("node", args, { cwd: projectDirectory, detached: true, stdio: "ignore", env });
  await untilRunning("migrate");
  process.kill(-pid!, "SIGKILL");
  await sleep(500);
  await stack.tried("cancel", "--yes");
  const { output } = await up("--consent", "given");
  expect(output).toMatch(/An earlier up ended without its report, which is written now: \S+\.html\n/);
  const [killed, next] = readReports(stack.reports, "test").slice(before);
  expect([killed!.result, next!.result]).toEqual(["interrupted", "succeeded"]);
  expect(killed!.systems.find(({ name }) => name === "shop")!.steps[3]).toMatchObject({
    name: "migrate",
    state: "broken",
  });
});

test.each(["SIGINT", "SIGTERM"] as const)("%s to it alone, and to all, stops Pulumi in order", async (signal) => {
  for (const isToAll of [false, true]) {
    // It is passed on after five seconds.
    await stack.set({ release: `1.4.${signal}.${isToAll}`.toLowerCase(), milliseconds: "3000" });
    const env = { ...process.env, ...stack.environment };
    const child = spawn("node", [...program, "--consent", "given"], { cwd: projectDirectory, detached: true, env });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const ended = once(child, "close");
    await untilRunning("maintenance-on");
    process.kill(isToAll ? -child.pid! : child.pid!, signal);
    await ended;
    expect(output).toContain("received; cancelling");
    expect(output).not.toContain("received; terminating");
    expect(newest().result).toBe("failed");
    const locks = join(stack.state, "state", ".pulumi", "locks");
    expect(readdirSync(locks, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"))).toEqual(
      [],
    );
  }
  await stack.set({ milliseconds: "1200" });
});

test("the page follows an up of a plain pulumi, whose log stays closed to others", async () => {
  await stack.set({ release: "1.5" });
  const place = new Place("test", join(stack.state, "other"));
  const printed: string[] = [];
  const readGraph = () => stack.graph();
  const runbookOf = () => Promise.resolve(undefined);
  const { url, close } = await watch({ place, port: 0, readGraph, runbookOf, print: (line) => printed.push(line) });
  const { headers } = await fetch(url, { redirect: "manual" });
  const page = async () =>
    (await fetch(new URL("/", url), { headers: { cookie: headers.get("set-cookie")!.split(";")[0]! } })).text();
  expect(await page()).toContain("No run has begun yet");
  const ended = stack.tried("up", "--yes", "--skip-preview", "--event-log", place.log);
  await until(async () => /id="step-shop-migrate" class="step running"/.test(await page()));
  expect(statSync(place.log).mode & 0o777).toBe(0o600);
  expect(readFileSync(place.log, "utf8")).not.toContain(secret);
  await ended;
  await until(() => Promise.resolve(printed.length > 0));
  expect(printed.map((line) => /^Report: \S+\.(\w+)$/.exec(line)?.[1])).toEqual(["html", "md", "json"]);
  expect(await page()).toContain("Succeeded");
  await close();
});

test("the secret, which the program writes, is in no report", () => {
  const reports = readdirSync(stack.reports).filter((name) => /\.(html|md|json)$/.test(name));
  expect(reports.length).toBeGreaterThan(12);
  for (const name of reports) {
    const text = readFileSync(join(stack.reports, name), "utf8");
    expect(text).not.toContain(secret);
    if (name.endsWith(".json")) expect(text).toContain("the password is [secret]");
  }
});
