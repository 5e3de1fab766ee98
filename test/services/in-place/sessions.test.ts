/** Other sessions while a restore runs, and restores that are interrupted. */
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { run } from "../../../lab/command";
import { DumpScripts } from "../dump/scripts";
import { failureOf } from "../failure";
import type { SupabasePostgres } from "../supabase";
import { teamProject } from "./team";

jest.setTimeout(180_000);

const scripts = new DumpScripts();
let project: SupabasePostgres;
const clients: Client[] = [];
beforeAll(async () => {
  project = await teamProject();
  await scripts.takeSchemas(project.postgres, project.owner, "good", { PROOF: "read" });
  await asPlatform(
    `CREATE FUNCTION public.slow() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(3); END';
     CREATE EVENT TRIGGER slow ON ddl_command_end WHEN TAG IN ('CREATE VIEW') EXECUTE FUNCTION public.slow()`,
  );
});
afterEach(() => Promise.all(clients.splice(0).map((client) => client.end().catch(() => undefined))));
afterAll(async () => {
  await project?.stop();
  scripts.remove();
});

const asOwner = (sql: string) => project.postgres.query<Record<string, unknown>>(project.owner, sql);
const asPlatform = (sql: string) => project.postgres.query<Record<string, unknown>>(project.superuser, sql);
const restore = (more: Readonly<Record<string, string>> = {}) =>
  scripts.replace("restore", "good", project.postgres, project.owner, more);
const posts = async () => (await asOwner("SELECT count(*)::int AS n FROM posts"))[0]!.n;

async function connected(connection: string | SupabasePostgres["owner"]): Promise<Client> {
  const socket = { host: project.postgres.directory, port: project.postgres.port };
  const client = new Client(
    typeof connection === "string" ? { connectionString: connection } : { ...socket, ...connection },
  );
  client.on("error", () => undefined);
  clients.push(client);
  await client.connect();
  return client;
}

/** Resolves when the restore has dropped the tables, and sleeps at a view. */
async function inTheMiddle(): Promise<void> {
  const sleeping = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
  while ((await asPlatform(sleeping))[0]!.n === 0) await sleep(50);
}

const insert = "INSERT INTO public.posts (author, body) SELECT id, 'of the writer' FROM public.profiles LIMIT 1";

test("an idle transaction of the application is ended, and its rows are not there", async () => {
  const client = await connected(project.owner);
  await client.query(`BEGIN; ${insert}`);
  await restore();
  await expect(client.query("COMMIT")).rejects.toThrow();
  expect(await posts()).toBe(30);
});

test("a writer that comes while it runs waits, and writes into what was restored", async () => {
  const pooled = await connected(project.url("pooled"));
  const restored = restore();
  await inTheMiddle();
  const written = pooled.query(insert);
  expect(await Promise.race([written.then(() => "written"), sleep(1000, "waiting")])).toBe("waiting");
  await Promise.all([written, restored]);
  expect(await posts()).toBe(31);
});

test("a reader sees no half of it", async () => {
  const restored = restore();
  await inTheMiddle();
  expect(await posts()).toBe(30);
  await restored;
});

test("a session that the login may not end stops it before anything is changed", async () => {
  const client = await connected(project.superuser);
  await client.query("SET application_name = 'maintenance'");
  await client.query(`BEGIN; ${insert}`);
  const output = await failureOf(restore({ RUNSHEET_PATIENCE: "2" }));
  await client.query("COMMIT");
  expect(output).toMatch(
    /ERROR: {2}the tables could not be locked within 2 s: session \d+ of supabase_admin \(maintenance, idle in transaction since [^)]+\)\n/,
  );
  expect(output).toMatch(/^nothing was restored: the database postgres is as it was$/m);
  expect(await posts()).toBe(31);
});

describe("one that is interrupted", () => {
  /** Starts a restore in a process group of its own. */
  function started() {
    const { command, env } = scripts.replacing("restore", "good", project.postgres, project.owner);
    const child = spawn(command[0], command.slice(1), { env: { ...process.env, ...env }, detached: true });
    let output = "";
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    return { pid: child.pid!, ended: new Promise<string>((resolve) => child.on("close", () => resolve(output))) };
  }
  beforeEach(async () => {
    await asOwner("UPDATE posts SET body = 'of now'");
  });
  const bodies = () => asOwner("SELECT DISTINCT body FROM posts");

  test("by a signal changes nothing, and says so", async () => {
    const { pid, ended } = started();
    await inTheMiddle();
    process.kill(-pid, "SIGTERM");
    expect(await ended).toMatch(/^nothing was restored: the database postgres is as it was$/m);
    expect(scripts.state("good")).toBeUndefined();
    expect(await bodies()).toEqual([{ body: "of now" }]);
  });

  test("by the end of its pod changes nothing, and the next one succeeds at once", async () => {
    const { pid, ended } = started();
    await inTheMiddle();
    process.kill(-pid, "SIGKILL");
    await ended;
    expect(scripts.state("good")).toBe("unknown");
    expect(await bodies()).toEqual([{ body: "of now" }]);
    expect(await restore()).toContain("restored 4 tables into postgres");
    expect(await bodies()).toEqual([{ body: "as dumped" }]);
  });
});

test("the programs of the test have ended", async () => {
  expect(await run("sh", ["-c", "pgrep -f '[r]eplace.sh restore' || echo none"])).toBe("none\n");
});
