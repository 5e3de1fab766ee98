/** Place of a run: where whoever starts an `up` leaves the engine's log, and whoever watches finds it. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { run } from "../drills/report-file";
import type { Run } from "../drills/timeline";
import { projectDirectory } from "../engine/project";
import type { Resource } from "../runbook/source/graph";

/** Run of `npm run up`. */
export interface Started {
  /** Process that writes the report and removes the log. */
  readonly owner: number;
  /** Process of Pulumi. Default: it is not started yet. */
  readonly engine?: number;
  readonly run: Run;
}

const started = z.object({ owner: z.number(), engine: z.number().optional(), run });

/** Directory of the reports of deployments. */
const reportsDirectory = join(projectDirectory, "reports", "deployments");

/**
 * Files of the run of one stack. A log holds the values of resources (secrets are masked by the engine), so that nobody
 * else may read them.
 */
export class Place {
  readonly directory: string;
  readonly log: string;
  private readonly runFile: string;
  private readonly beforeFile: string;

  /** @param reports directory of the reports. Default: the project's */
  constructor(
    readonly stack: string,
    readonly reports = reportsDirectory,
  ) {
    this.directory = join(reports, "running", fileName(stack));
    this.log = join(this.directory, "events.jsonl");
    this.runFile = join(this.directory, "run.json");
    this.beforeFile = join(this.directory, "before.json");
  }

  /** Makes an empty log, if there is none, which Pulumi then writes into: its own would be readable for others. */
  prepare(): void {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    chmodSync(this.directory, 0o700);
    writeFileSync(this.log, "", { flag: "a", mode: 0o600 });
    chmodSync(this.log, 0o600);
  }

  /**
   * Checks that no `up` of the stack runs by `npm run up`: a second one would take its log away.
   * @throws Error that names its process
   */
  expectFree(): void {
    const { owner, engine, run: { began } = { began: "" } } = this.started() ?? {};
    const process = [owner, engine].find((pid) => pid !== undefined && isAlive(pid));
    if (process !== undefined)
      throw new Error(
        `an up of the stack ${this.stack} has run since ${began}, as process ${process}: wait for its end. If that is another program by now, remove ${this.runFile}`,
      );
  }

  /** Begins a run: its log is a new file. */
  begin(run: Started, before: readonly Resource[]): void {
    this.prepare();
    this.write(this.beforeFile, before);
    this.record(run);
    rmSync(this.log);
    this.prepare();
  }

  /** Records who runs. */
  record(run: Started): void {
    this.write(this.runFile, run);
  }

  /** Undefined if the run was not begun by `npm run up`. */
  started(): Started | undefined {
    const found = started.safeParse(readJson(this.runFile));
    return found.success ? found.data : undefined;
  }

  /** Resources before the run. Undefined if it was not begun by `npm run up`. */
  before(): readonly Resource[] | undefined {
    return readJson(this.beforeFile) as readonly Resource[] | undefined;
  }

  /** Removes what a run left. One that another Pulumi writes stays as an empty file. */
  clear(): void {
    const { runFile, beforeFile, log } = this;
    const isOurs = existsSync(runFile);
    for (const file of [runFile, beforeFile]) rmSync(file, { force: true });
    if (isOurs) rmSync(log, { force: true });
    else if (existsSync(log)) truncateSync(log);
  }

  private write(file: string, content: unknown): void {
    writeFileSync(`${file}.new`, JSON.stringify(content), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}

/** Name of a stack in a file's name. */
export const fileName = (stack: string) => stack.replaceAll(/[^\w.-]/g, "-");

/** Content of a file. Undefined if it is missing, or half written. */
function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** True if a process runs. One that has ended, and that its parent has not looked after yet, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  try {
    // The name in parentheses may have any character, so the state is looked for after the last one.
    return !/\) Z [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    // Another system than Linux has no such file.
    return true;
  }
}
