/** The script that takes the dump before the migrations, on a real PostgreSQL. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { run } from "../../../lab/command";
import { failureOf } from "../failure";
import { ThrowAwayPostgres } from "../postgres";
import { prismSystem } from "./prism";
import { SystemDatabase } from "../system-database";

jest.setTimeout(120_000);

const script = resolve(__dirname, "../../../components/dump/dump.sh");
const dumps = mkdtempSync(join(tmpdir(), "runsheet-dumps-"));
let postgres: ThrowAwayPostgres;
let prism: SystemDatabase;

beforeAll(async () => {
  postgres = await ThrowAwayPostgres.start();
  prism = await SystemDatabase.create(postgres, prismSystem, "to_dump");
});
afterAll(async () => {
  rmSync(dumps, { recursive: true });
  await postgres?.stop();
});

const about = { RUNSHEET_DUMPS: dumps, SYSTEM: "prism", RELEASE: "5.0.0" };
const dump = (name: string, database = prism.owner) =>
  run("sh", [script, name], { env: { ...postgres.environment(database), ...about } });

test("a dump counts with its checksum and every table of the database", async () => {
  expect(await dump("first")).toMatch(/^verified dump first\.dump: \d+ bytes, sha256 [0-9a-f]{64}\n$/);
  const manifest = JSON.parse(readFileSync(join(dumps, "first.dump.manifest.json"), "utf8")) as { tables: number };
  expect(manifest).toMatchObject({ dump: "first.dump", bytes: statSync(join(dumps, "first.dump")).size, tables: 3 });
  expect(readdirSync(dumps).filter((file) => file.endsWith(".partial"))).toEqual([]);
});

test("a dump that is there is never overwritten", async () => {
  const before = readFileSync(join(dumps, "first.dump"));
  expect(await dump("first")).toBe("first.dump is there already, and verified: a dump is never overwritten\n");
  expect(readFileSync(join(dumps, "first.dump")).equals(before)).toBe(true);
});

test("what an interrupted run left is no dump, and goes", async () => {
  const interrupted = join(dumps, "second.dump.partial");
  await run("sh", ["-c", `echo half > ${interrupted}`]);
  expect(await dump("second")).toContain("verified dump second.dump");
  expect(readdirSync(dumps)).not.toContain("second.dump.partial");
});

test("a database without a table is refused: it is the wrong one", async () => {
  await postgres.connected(prism.superuser, (client) => client.query("CREATE DATABASE empty"));
  const environment = { ...postgres.environment(prism.owner), PGDATABASE: "empty", ...about };
  const output = await failureOf(run("sh", [script, "third"], { env: environment }));
  expect(output).toContain("the database empty has no table: there is nothing that a dump could save");
  expect(readdirSync(dumps).filter((file) => file.startsWith("third"))).toEqual([]);
});
