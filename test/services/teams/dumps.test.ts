/** Dumps of the teams' databases: proven, and restored into the database that they are of. */
import { sqlSource } from "../../../components/migrations/sql";
import { DumpScripts } from "../dump/scripts";
import { TeamDatabase } from "./team-database";
import { mued, omniops, pm, prism } from "./teams";

jest.setTimeout(300_000);

const saved = {
  // Runsheet's own schema says how far a migration came that cannot be in a transaction.
  prism: "public, runsheet, supabase_migrations",
  omniops: "public, supabase_migrations",
  mued: "drizzle, public",
  pm: "public",
};

describe.each([prism, omniops, mued, pm])("a dump of $system", (team) => {
  const scripts = new DumpScripts();
  let database: TeamDatabase;
  let rows: Record<string, string>;
  beforeAll(async () => {
    database = await TeamDatabase.start(team);
    await database.deployRest();
    rows = await database.checksums();
  });
  afterAll(async () => {
    await database?.stop();
    scripts.remove();
  });

  test("is proven by a restore and by the migrations' own verification", async () => {
    const { project, files } = sqlSource({ directory: database.directory });
    scripts.use(files);
    const { postgres, owner } = database.server;
    const said = (
      await scripts.takeSchemas(postgres, owner, "whole", { ...database.environment(), PROJECT: project })
    ).split("\n");
    expect(said[0]).toBe(`schemas: ${saved[team.system as keyof typeof saved]}`);
    const changes = database.names.length;
    expect(said).toContain(`verified 0 of the ${changes} changes that are applied`);
    const tables = Object.keys(rows).length;
    expect(said).toContain(
      `restored the dump into a PostgreSQL of its own: ${tables} tables have the rows that they had`,
    );
    expect(scripts.manifest("whole")).toMatchObject({ proof: "restored", tables });
  });

  test("brings back every row, and the tool's table", async () => {
    await database.query(`TRUNCATE ${team.kept.table} CASCADE`);
    await database.query(`CREATE TABLE made_after_the_dump AS SELECT 1 AS one`);
    const { postgres, owner } = database.server;
    const output = await scripts.replace("restore", "whole", postgres, owner, database.environment());
    expect(output).toMatch(new RegExp(`^restored ${Object.keys(rows).length} tables into ${owner.database}: `, "m"));
    expect(scripts.state("whole")).toBe("replaced");
    expect(await database.checksums()).toEqual(rows);
    expect(await database.history()).toEqual(database.expectedHistory());
    expect(await database.migrate("check")).toBe(database.names.map((name) => `${name} is applied already\n`).join(""));
  });
});
