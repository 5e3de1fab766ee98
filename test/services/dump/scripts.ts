/** Scripts that take, prove and restore a dump. They run as in a pod: as PostgreSQL's own user, from one directory. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { filesOf, type Manifest } from "../../../components/backups/in-pod/stored";
import { run } from "../../../lab/command";
import { asSuperuser, type Login, type ThrowAwayPostgres } from "../postgres";
import type { SystemDatabase, SystemDefinition } from "../system-database";

const components = resolve(__dirname, "../../../components");
const inPod = join(components, "backups", "in-pod");
const scripts = [
  ...readdirSync(inPod)
    .filter((name) => /\.(sh|sql)$/.test(name))
    .map((name) => join(inPod, name)),
  ...["migrate.sh", "despite-locks.sh"].map((name) => join(components, "migrations", "in-pod", name)),
];

type Variables = Readonly<Record<string, string>>;

/** Command of a script, and its variables. */
interface Command {
  readonly command: readonly [string, ...string[]];
  readonly env: Variables;
}

/** Roles that the stack creates for a system. */
const rolesOf = ({ roles }: SystemDefinition, owner: Login): string[] => [
  owner.user,
  ...[...roles.matchAll(/CREATE ROLE (\w+)/g)].map(([, role]) => role!),
];

export class DumpScripts {
  private readonly directory = mkdtempSync(join(tmpdir(), "runsheet-dump-scripts-"));
  /** Directory of the dumps. */
  readonly dumps = join(this.directory, "dumps");
  /** Directory for the proofs. */
  private readonly scratch = join(this.directory, "scratch");

  constructor() {
    for (const directory of [this.dumps, this.scratch]) mkdirSync(directory);
    for (const script of scripts) copyFileSync(script, join(this.directory, basename(script)));
  }

  /** Writes the files of a source of migrations beside the scripts, in the place of Sqitch's program. */
  use(files: Variables): void {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.directory, name), text);
  }

  /** Takes a dump of the database. Default login: the superuser. Throws CommandFailed with the script's output. */
  take(from: SystemDatabase, name: string, more: Variables = {}, login?: Login): Promise<string> {
    const { postgres, database, owner, system, project } = from;
    return this.run("dump.sh", name, {
      ...postgres.environment(login ?? asSuperuser(database)),
      ...{ DATABASE: database, OWNER: owner.user, PROJECT: system.name, RUNSHEET_PROJECT: project },
      ...{ ROLES: rolesOf(system, owner).join(" ") },
      ...{ SYSTEM: system.name, RELEASE: "5.0.0", PROOF: "restore" },
      // The server asks for no password.
      ...(login ? {} : { OWNER_PASSWORD: "any" }),
      ...more,
    });
  }

  /** Takes a dump of some schemas of a database that exists. Throws CommandFailed with the script's output. */
  takeSchemas(from: ThrowAwayPostgres, login: Login, name: string, more: Variables = {}): Promise<string> {
    return this.run("dump.sh", name, {
      ...from.environment(login),
      ...{ DATABASE: login.database, OWNER: login.user, ROLES: "", SCHEMAS: "*" },
      ...{ PROJECT: "team", RUNSHEET_PROJECT: this.directory, SYSTEM: "team", RELEASE: "1.0.0", PROOF: "restore" },
      ...more,
    });
  }

  /** Restores a dump into a database of a server, as its superuser. Throws CommandFailed with the script's output. */
  restore(name: string, into: ThrowAwayPostgres, database: string, owner: string): Promise<string> {
    const environment = { ...into.environment(asSuperuser()), DATABASE: database, OWNER: owner };
    return this.run("restore.sh", this.fetched(name), environment);
  }

  /**
   * Replaces what is in a dump's schemas by the dump, or checks that this would succeed. Throws CommandFailed with the
   * script's output.
   */
  replace(
    mode: "check" | "restore",
    name: string,
    into: ThrowAwayPostgres,
    login: Login,
    more: Variables = {},
  ): Promise<string> {
    return this.run("replace.sh", mode, this.fetched(name), { ...into.environment(login), ...more });
  }

  /** Returns the command and the variables of such a replacement. */
  replacing(mode: "check" | "restore", name: string, into: ThrowAwayPostgres, login: Login): Command {
    return this.command("replace.sh", mode, this.fetched(name), into.environment(login));
  }

  /** State of the database after `replace`. Undefined if it is as it was. */
  state(name: string): string | undefined {
    const file = join(this.dumps, `${name}.dump.state`);
    return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
  }

  /** Writes the files beside a dump that a download writes. Returns the dump's path. */
  private fetched(name: string): string {
    const path = join(this.dumps, `${name}.dump`);
    for (const [end, content] of Object.entries(filesOf(this.manifest(name)))) writeFileSync(`${path}.${end}`, content);
    return path;
  }

  /** Removes the roles from a dump's manifest, as in manifests before 0.1.0. */
  forgetRoles(name: string): void {
    const manifest = { ...this.manifest(name), roles: undefined };
    writeFileSync(join(this.dumps, `${name}.dump.manifest.json`), JSON.stringify(manifest));
  }

  manifest(name: string): Manifest {
    return JSON.parse(readFileSync(join(this.dumps, `${name}.dump.manifest.json`), "utf8")) as Manifest;
  }

  /** Returns true if the dump counts, which means that it has a manifest. */
  counts(name: string): boolean {
    return existsSync(join(this.dumps, `${name}.dump.manifest.json`));
  }

  /** Files that proofs have left behind. */
  leftovers(): string[] {
    return readdirSync(this.scratch);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  private async run(script: string, ...args: [...string[], Variables]): Promise<string> {
    if (process.getuid?.() === 0) await run("chown", ["-R", "postgres", this.directory]);
    const { command, env } = this.command(script, ...args);
    return run(command[0], command.slice(1), { env });
  }

  private command(script: string, ...args: [...string[], Variables]): Command {
    const more = args.pop() as Variables;
    const command = ["sh", join(this.directory, script), ...(args as string[])] as const;
    const env = { ...more, RUNSHEET_DUMPS: this.dumps, RUNSHEET_SCRATCH: this.scratch };
    const asPostgres = ["--reuid", "postgres", "--regid", "postgres", "--init-groups"];
    return { command: process.getuid?.() === 0 ? ["setpriv", ...asPostgres, ...command] : command, env };
  }
}
