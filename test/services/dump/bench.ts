/** Real object store behind a faulty proxy, for one test file, with systems that keep their dumps there. */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { bundle } from "../../../components/kubernetes/bundle";
import { run } from "../../../lab/command";
import { FaultyProxy } from "../../support/faulty-proxy";
import { ThrowAwayStore } from "../../support/object-store";

/** Bundled programs, as they run in pods. */
const program = "store.cjs";
const restore = "restore.cjs";

export class DumpBench {
  private count = 0;

  private constructor(
    private readonly directory: string,
    readonly store: ThrowAwayStore,
    readonly proxy: FaultyProxy,
  ) {}

  static async start(): Promise<DumpBench> {
    const directory = mkdtempSync(join(tmpdir(), "runsheet-dumps-"));
    writeFileSync(join(directory, program), bundle("components/backups/in-pod/store.ts"));
    writeFileSync(join(directory, restore), bundle("components/backups/in-pod/restore-program.ts"));
    const store = await ThrowAwayStore.start();
    return new DumpBench(directory, store, await FaultyProxy.before({ host: "127.0.0.1", port: store.port }));
  }

  /** Returns a new system without dumps. Default: its name is of this bench alone. */
  system(name = `system-${++this.count}`): DumpingSystem {
    return new DumpingSystem(this, this.directory, name);
  }

  async stop(): Promise<void> {
    rmSync(this.directory, { recursive: true });
    await this.proxy.stop();
    await this.store.stop();
  }
}

/** Variables with an account of the store. */
export const keysAs = ({ access, secret }: { readonly access: string; readonly secret: string }) => ({
  STORE_ACCESS_KEY_ID: access,
  STORE_SECRET_ACCESS_KEY: secret,
});

/** System with its own folder in the store, and a local directory for the output of dump.sh. */
export class DumpingSystem {
  readonly folder: string;
  readonly dumps: string;

  constructor(
    private readonly bench: DumpBench,
    private readonly directory: string,
    readonly name: string,
  ) {
    this.folder = `local/${name}/dumps`;
    this.dumps = mkdtempSync(join(directory, "dumps-"));
  }

  /** Returns another pod of the same system. */
  another(): DumpingSystem {
    return this.bench.system(this.name);
  }

  private get environment() {
    const { store, proxy } = this.bench;
    return { ...store.environment(this.folder, proxy.port), RUNSHEET_DUMPS: this.dumps };
  }

  /** Writes a dump and its manifest into the local directory, as dump.sh does. */
  dump(name: string, { bytes = 1000, taken = "2026-11-27T01:00:00Z", system = this.name, database = "" } = {}): Buffer {
    const content = randomBytes(bytes);
    const sha256 = createHash("sha256").update(content).digest("hex");
    const about = {
      system,
      ...(database && { database }),
      release: "5.0.0",
      change: "ai_feedback",
      lsn: "0/3000028",
      tables: 3,
    };
    const manifest = { dump: `${name}.dump`, ...about, taken, bytes, sha256 };
    writeFileSync(join(this.dumps, `${name}.dump`), content);
    writeFileSync(join(this.dumps, `${name}.dump.manifest.json`), JSON.stringify(manifest));
    return content;
  }

  run(...command: string[]): Promise<string> {
    return this.with({}, ...command);
  }

  /** Fetches a dump from the store. */
  fetch(name: string, variables: Record<string, string> = {}): Promise<string> {
    return run("node", [join(this.directory, restore), "dump", name], { env: { ...this.environment, ...variables } });
  }

  with(variables: Record<string, string>, ...command: string[]): Promise<string> {
    return run("node", [join(this.directory, program), ...command], { env: { ...this.environment, ...variables } });
  }

  /** Runs a command, and returns what it says on both outputs, as a pod's log has it. */
  log(variables: Record<string, string>, ...command: string[]): Promise<string> {
    const both = ["-c", 'exec node "$@" 2>&1', "sh", join(this.directory, program), ...command];
    return run("sh", both, { env: { ...this.environment, ...variables } });
  }

  /** Stores a dump, and deletes its local manifest. */
  async stored(name: string, tier: string, more: { bytes?: number; taken?: string } = {}): Promise<Buffer> {
    const content = this.dump(name, more);
    await this.run("put", tier);
    rmSync(join(this.dumps, `${name}.dump.manifest.json`));
    return content;
  }

  file(name: string): string {
    return this.bench.store.file(this.folder, name);
  }

  /** URL of an object. */
  url(name: string): string {
    return `http://127.0.0.1:${this.bench.proxy.port}/runsheet/${this.folder}/${name}`;
  }

  /** Names of all objects of the system in the store. */
  objects(): string[] {
    if (!existsSync(this.file(""))) return [];
    const entries = readdirSync(this.file(""), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return files.map((path) => relative(this.file(""), path)).sort();
  }
}
