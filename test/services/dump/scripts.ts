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
import type { Manifest } from "../../../components/backups/in-pod/stored";
import { run } from "../../../lab/command";
import { asSuperuser, type Login, type ThrowAwayPostgres } from "../postgres";
import type { SystemDatabase, SystemDefinition } from "../system-database";

const components = resolve(__dirname, "../../../components");
const scripts = [
  "backups/in-pod/dump.sh",
  "backups/in-pod/prove.sh",
  "backups/in-pod/restore.sh",
  "backups/in-pod/rows.sql",
  "backups/in-pod/tables.sql",
  "migrations/in-pod/migrate.sh",
];

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
    for (const script of scripts) copyFileSync(join(components, script), join(this.directory, basename(script)));
  }

  /** Takes a dump of the database. Default login: the superuser. Throws CommandFailed with the script's output. */
  take(
    from: SystemDatabase,
    name: string,
    more: Readonly<Record<string, string>> = {},
    login?: Login,
  ): Promise<string> {
    const { postgres, database, owner, system, project } = from;
    return this.run("dump.sh", name, {
      ...postgres.environment(login ?? asSuperuser(database)),
      ...{ DATABASE: database, OWNER: owner.user, PROJECT: system.name, RUNSHEET_PROJECT: project },
      ...{ ROLES: rolesOf(system, owner).join(" ") },
      ...{ SYSTEM: system.name, RELEASE: "5.0.0", PROOF: "restore" },
      ...more,
    });
  }

  /** Restores a dump into a database of a server, as its superuser. Throws CommandFailed with the script's output. */
  restore(name: string, into: ThrowAwayPostgres, database: string, owner: string): Promise<string> {
    const roles = this.manifest(name).roles ?? [];
    writeFileSync(join(this.dumps, `${name}.dump.roles`), roles.map((role) => `${role}\n`).join(""));
    const environment = { ...into.environment(asSuperuser()), DATABASE: database, OWNER: owner };
    return this.run("restore.sh", join(this.dumps, `${name}.dump`), environment);
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

  private async run(script: string, argument: string, env: Readonly<Record<string, string>>): Promise<string> {
    const command = ["sh", join(this.directory, script), argument];
    const directories = { RUNSHEET_DUMPS: this.dumps, RUNSHEET_SCRATCH: this.scratch };
    if (process.getuid?.() !== 0) return run(command[0]!, command.slice(1), { env: { ...env, ...directories } });
    await run("chown", ["-R", "postgres", this.directory]);
    const asPostgres = ["--reuid", "postgres", "--regid", "postgres", "--init-groups"];
    return run("setpriv", [...asPostgres, ...command], { env: { ...env, ...directories } });
  }
}
