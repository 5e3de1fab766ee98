/**
 * Application of a team, laid out as its image has it and started as a pod starts it: by another user than the owner of
 * its files, with the variables of the pod and no others.
 */
import { chownSync, cpSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../../../lab/command";
import { freePort } from "../../../support/free-port";
import { applicationsIn, sources, type Application as Image } from "../../../support/teams/applications";
import { asOwner, type Command, ServerProcess, temporaryDirectory } from "../../server-process";
import type { TeamDatabase } from "../team-database";

export const images = applicationsIn(sources);

export interface ApplicationOptions {
  readonly variables: Readonly<Record<string, string>>;
  /** Default: the image's command. */
  readonly workload?: string;
  /** Default: the image has no release. */
  readonly release?: string;
  /** Directories below /app that the application may write to. Default: none. */
  readonly writable?: readonly string[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Body, parsed if it is JSON. */
  readonly body: unknown;
}

/** Files of an image in a directory, and what runs in it. */
export class ImageDirectory {
  private constructor(
    private readonly image: Image,
    private readonly owned: string,
    private readonly options: ApplicationOptions,
  ) {}

  static async create(name: string, options: ApplicationOptions): Promise<ImageDirectory> {
    const image = images[name]!;
    const made = new ImageDirectory(image, await temporaryDirectory("application"), options);
    for (const file of image.files) {
      mkdirSync(dirname(join(made.app, file)), { recursive: true });
      cpSync(join(sources, file), join(made.app, file));
    }
    if (options.release !== undefined) writeFileSync(join(made.app, image.version!), `${options.release}\n`);
    const { uid, gid } = statSync(made.owned);
    for (const path of options.writable ?? []) {
      mkdirSync(join(made.app, path), { recursive: true });
      chownSync(join(made.app, path), uid, gid);
    }
    return made;
  }

  /** Directory in the place of /app. */
  get app(): string {
    return join(this.owned, "app");
  }

  /** Command of a process, with its variables. Default: that of the workload, or the image's. */
  async command(variables: Readonly<Record<string, string>> = {}, program?: readonly string[]): Promise<Command> {
    const { workload } = this.options;
    const chosen = program ?? (workload === undefined ? this.image.command : this.image.workloads![workload]!);
    // Debian's packages are those of Debian's Python, and another one may come first in PATH.
    const [python, ...args] = chosen.map((part) =>
      part.replace(/^\/app/, this.app).replace(/^python3$/, "/usr/bin/python3"),
    );
    const all = Object.entries({ ...this.options.variables, ...variables }).map(([name, value]) => `${name}=${value}`);
    return asOwner(this.owned, "TERM", ["env", "--ignore-environment", ...all, python!, ...args]);
  }

  /** Runs another program of the image to its end. Returns its output. Throws CommandFailed with it. */
  async run(file: string): Promise<string> {
    const [program, ...args] = await this.command({}, ["python3", `/app/${file}`]);
    return run(program, args);
  }

  remove(): Promise<void> {
    return rm(this.owned, { recursive: true, force: true });
  }
}

const started: Application[] = [];
afterAll(() => Promise.all(started.map((application) => application.stop())));

/** Application that runs until it is stopped, or until the end of the test file. */
export class Application {
  private constructor(
    readonly directory: ImageDirectory,
    private readonly process: ServerProcess,
    readonly url: string,
  ) {}

  /** Starts an application, and waits until its log has `ready`. Throws with the log if it ends. */
  static async start(
    name: string,
    options: ApplicationOptions,
    ready = "Server started on port",
  ): Promise<Application> {
    const directory = await ImageDirectory.create(name, options);
    const port = await freePort();
    try {
      const command = await directory.command({ PORT: String(port) });
      const process = await ServerProcess.start(name, command, ready);
      const application = new Application(directory, process, `http://127.0.0.1:${port}`);
      started.push(application);
      return application;
    } catch (error) {
      await directory.remove();
      throw error;
    }
  }

  get log(): string {
    return this.process.log;
  }

  get running(): boolean {
    return this.process.running;
  }

  /** Requests as the runbooks' curl does: with `body` a POST of it as JSON, else a GET unless `method` says otherwise. */
  async ask(
    path: string,
    {
      method,
      headers = {},
      body,
    }: { method?: string; headers?: Readonly<Record<string, string>>; body?: unknown } = {},
  ): Promise<Answer> {
    const answer = await fetch(this.url + path, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      // As curl, which makes a connection for each command.
      headers: {
        Connection: "close",
        ...headers,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get("content-type") === "application/json";
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
  }

  /** Status and body of an answer. */
  async answer(...request: Parameters<Application["ask"]>): Promise<{ status: number; body: unknown }> {
    const { status, body } = await this.ask(...request);
    return { status, body };
  }

  /** Tells the application to stop as Kubernetes does, waits for its end, and deletes its files. */
  async stop(): Promise<void> {
    await this.process.stop("SIGTERM");
    await this.directory.remove();
  }
}

/** Variables for a team's database, as pods get them with `postgres.ca`. */
export const databaseVariables = (database: TeamDatabase): Record<string, string> => ({
  DATABASE_URL: database.databaseUrl(),
  ...database.authority,
});

/** Waits until a condition is true. Throws after 20 s. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`never true: ${condition.toString()}`);
    await sleep(50);
  }
}

/** Authorization of a request. */
export const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
