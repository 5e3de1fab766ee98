/** An `up` of a stack, shown as steps of the runbooks. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { relative } from "node:path";
import { createInterface } from "node:readline/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { runOf } from "../../drills/run";
import { endOf, leavingInterruption } from "../../lab/interruption";
import { plain } from "../../engine/events";
import { projectDirectory } from "../../engine/project";
import type { Resource } from "../../runbook/source/graph";
import type { Deployment } from "../deployment";
import type { Place } from "../place";
import { Session } from "../session";
import { Screen, takesControl } from "../terminal/screen";
import { View } from "../terminal/view";
import type { Arguments } from "./arguments";
import { passingStopRequests } from "./stop-request";

const drawMilliseconds = 200;

export interface UpArgs extends Arguments {
  readonly place: Place;
  /** Reads the resources that the stack has. */
  readonly readGraph: () => Promise<readonly Resource[]>;
  /** Directory of the program. Default: the project's */
  readonly directory?: string;
}

/**
 * Runs it, and returns the exit code of Pulumi, also if the steps cannot be shown or the report cannot be written.
 * @throws Error if another one of the stack runs
 */
export async function up({
  stack,
  consent,
  plain,
  place,
  readGraph,
  directory = projectDirectory,
}: UpArgs): Promise<number> {
  place.expectFree();
  await attempt("the report of an earlier up cannot be written", () => closeLast(place));
  const showsSteps = !plain && process.stdout.isTTY;
  const options = { directory, stack };
  if (showsSteps && consent !== "given") {
    // It reads nothing: what is typed is the answer to the question after it.
    const code = await pulumi(["preview", "--suppress-progress"], { ...options, stdin: "ignore" });
    if (code !== 0) return code;
    if (consent === "asked" && !(await isWanted(stack))) return 1;
  }
  const began = new Date();
  const run = await runOf(projectDirectory, process.env, began);
  const before = await readGraph();
  place.expectFree();
  place.begin({ owner: process.pid, run }, before);
  const session = new Session(place, () => Promise.resolve(before), true);
  const engine = (pid: number) =>
    attempt("the process of Pulumi cannot be recorded", () => place.record({ owner: process.pid, engine: pid, run }));
  try {
    if (showsSteps)
      return await withSteps(session, ["up", "--yes", "--skip-preview", "--non-interactive", "--suppress-progress"], {
        ...options,
        engine,
        place,
      });
    const asking = { given: ["--yes", "--skip-preview"], previewed: ["--yes"], asked: [] }[consent];
    const args = ["up", ...asking, "--suppress-progress"];
    const code = await pulumi(args, { ...options, engine, place });
    await end(session);
    return code;
  } finally {
    session.close();
  }
}

/** Writes the report of a run whose process was killed before it could. */
async function closeLast(place: Place): Promise<void> {
  const last = new Session(place, () => Promise.resolve([]));
  await last.poll();
  last.close();
  if (last.report)
    console.log(
      `An earlier up ended without its report, which is written now: ${relative(projectDirectory, last.report[0]!)}`,
    );
}

/** Asks. An end of the input, or Ctrl-C, is no consent. */
async function isWanted(stack: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const closed = once(terminal, "close").then(() => "no");
  const answer = await Promise.race([terminal.question(`Bring the stack ${stack} up as shown? yes or no: `), closed]);
  terminal.close();
  return answer.trim().toLowerCase() === "yes";
}

interface PulumiOptions {
  readonly directory: string;
  readonly stack: string;
  /** Place of the engine's log. Default: it writes none. */
  readonly place?: Place;
  /** Is told the process. */
  readonly engine?: (pid: number) => unknown;
  /** Default: that of this process. */
  readonly stdin?: "ignore";
  /** Takes what it writes. Default: this terminal. */
  readonly written?: (text: string) => void;
}

/** Runs pulumi to its end. It gets the terminal's Ctrl-C itself, and ends in order. */
function pulumi(
  args: readonly string[],
  { directory, stack, place, engine, written, stdin }: PulumiOptions,
): Promise<number> {
  const log = place ? ["--event-log", place.log] : [];
  const child = spawn("pulumi", [...args, "--stack", stack, ...log], {
    cwd: directory,
    // The flag for the log is only there with it.
    env: { ...process.env, ...(place && { PULUMI_DEBUG_COMMANDS: "true" }) },
    stdio: written ? ["ignore", "pipe", "pipe"] : [stdin ?? "inherit", "inherit", "inherit"],
  });
  if (child.pid !== undefined) engine?.(child.pid);
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => written?.(chunk.toString()));
  return leavingInterruption(() => (place ? passingStopRequests(child, place.log) : endOf(child)));
}

/** Runs it with a block of lines that shows the steps. */
async function withSteps(session: Session, args: readonly string[], options: PulumiOptions): Promise<number> {
  const redraws = takesControl(process.env);
  const screen = new Screen(process.stdout, redraws);
  const view = new View(!redraws);
  let written = "";
  let isRunning = true;
  // An error of the view must not end the process, and with it Pulumi in the middle of its work.
  const drawing = attempt("the steps are no longer shown", async () => {
    for (; isRunning; await sleep(drawMilliseconds)) {
      await session.poll();
      const [deployment, now] = [session.deployment(), Date.now()];
      screen.show(view.news(deployment, now), view.block(deployment, now));
    }
  });
  const code = await pulumi([...args], { ...options, written: (text) => (written += text) }).finally(
    () => (isRunning = false),
  );
  const wasShown = await drawing;
  const hasReport = await end(session);
  const deployment = session.deployment();
  screen.erase();
  screen.show([...view.news(deployment, Date.now()), ...view.end(deployment)], []);
  // Without a failure in the log it ended before the engine began, and says why itself.
  if (!wasShown || !hasReport || (code !== 0 && !hasFailure(deployment))) console.error(plain(written));
  return code;
}

/** Does what the `up` itself does not need. Tells a failure, and whether there was none. */
async function attempt(problem: string, work: () => Promise<void> | void): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    console.error(`${problem}: ${(error as Error).message}`);
    return false;
  }
}

/** Writes the report, and says where it is. */
const end = (session: Session): Promise<boolean> =>
  attempt("the report cannot be written", async () => {
    await session.end();
    sayReport(session);
  });

const hasFailure = ({ systems, others, failures }: Deployment) =>
  failures.length > 0 || [...others, ...systems.flatMap(({ steps }) => steps)].some((step) => step.failures.length > 0);

function sayReport({ report }: Session): void {
  if (report) console.log(`Report: ${relative(projectDirectory, report[0]!)}`);
}
