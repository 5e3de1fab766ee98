/** The scripts that take a dump, prove it and restore it, run as a pod runs them: as PostgreSQL's own user, from one directory. */
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

/** The roles that the stack makes for a system. */
const rolesOf = ({ roles }: SystemDefinition, owner: Login): string[] => [
  owner.user,
  ...[...roles.matchAll(/CREATE ROLE (\w+)/g)].map(([, role]) => role!),
];

export class DumpScripts {
  private readonly directory = mkdtempSync(join(tmpdir(), "runsheet-dump-scripts-"));
  /** Where dumps lie. */
  readonly dumps = join(this.directory, "dumps");
  /** Where dumps are proven. */
  private readonly scratch = join(this.directory, "scratch");

  constructor() {
    for (const directory of [this.dumps, this.scratch]) mkdirSync(directory);
    for (const script of scripts) copyFileSync(join(components, script), join(this.directory, basename(script)));
  }

  /** Takes a dump of the database, by default as the superuser. Throws CommandFailed with what the script printed. */
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

  /** Restores a dump into a database of a server, as its superuser. Throws CommandFailed with what the script printed. */
  restore(name: string, into: ThrowAwayPostgres, database: string, owner: string): Promise<string> {
    const roles = this.manifest(name).roles ?? [];
    writeFileSync(join(this.dumps, `${name}.dump.roles`), roles.map((role) => `${role}\n`).join(""));
    const environment = { ...into.environment(asSuperuser()), DATABASE: database, OWNER: owner };
    return this.run("restore.sh", join(this.dumps, `${name}.dump`), environment);
  }

  /** Makes a dump one of before 0.1.0, whose manifests named no roles. */
  forgetRoles(name: string): void {
    const manifest = { ...this.manifest(name), roles: undefined };
    writeFileSync(join(this.dumps, `${name}.dump.manifest.json`), JSON.stringify(manifest));
  }

  manifest(name: string): Manifest {
    return JSON.parse(readFileSync(join(this.dumps, `${name}.dump.manifest.json`), "utf8")) as Manifest;
  }

  /** Whether the dump counts. */
  counts(name: string): boolean {
    return existsSync(join(this.dumps, `${name}.dump.manifest.json`));
  }

  /** Files of proofs that were not removed. */
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
