/** Migrations of the teams that are broken, edited, lost or to be taken back. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TeamDatabase } from "./team-database";
import { mued, omniops, pm, prism } from "./teams";

jest.setTimeout(300_000);

describe.each([prism, omniops, mued, pm])("the migrations of $system", (team) => {
  const { applied } = team.tool!;
  let database: TeamDatabase;
  beforeAll(async () => {
    database = await TeamDatabase.start(team);
  });
  afterAll(() => database?.stop());

  const fileOf = (index: number) => join(database.directory, database.migrations[index]!.path);
  /** Runs `work` while a file ends with more SQL. */
  async function withMore<Result>(index: number, sql: string, work: () => Promise<Result>): Promise<Result> {
    const text = readFileSync(fileOf(index), "utf8");
    writeFileSync(fileOf(index), `${text}${sql}`);
    try {
      return await work();
    } finally {
      writeFileSync(fileOf(index), text);
    }
  }

  test("a file that was edited after the tool applied it is refused", async () => {
    const output = await withMore(1, "\n-- later\nSELECT 1;\n", () => database.refused("check"));
    expect(output).toBe(
      `refused: the change ${database.names[1]!} is applied already, and its file is not the one that was applied.\n` +
        "What to do: take the edit back, and put what is to be different into a new file.\n",
    );
  });

  test("a broken one leaves nothing, and its repair goes on", async () => {
    const name = database.names[applied]!;
    const output = await withMore(applied, "\nALTER TABLE nowhere ADD n int;\n", () =>
      database.refused("deploy", name),
    );
    expect(output).toContain('ERROR:  relation "nowhere" does not exist\n');
    expect(output.split("\n").slice(-3)).toEqual([
      `the change ${name} failed, and nothing of it was applied.`,
      "What to do: mend what the message above names, then run up again.",
      "",
    ]);
    expect(await database.history()).toEqual(database.expectedHistory(applied));
    await database.deployRest();
    expect(await database.history()).toEqual(database.expectedHistory());
  });

  if (team === mued) return; // Its journal names the file: without it the program does not begin.
  test("a file of an applied one that is lost is refused", async () => {
    const text = readFileSync(fileOf(0), "utf8");
    rmSync(fileOf(0));
    const output = await database.refused("check");
    writeFileSync(fileOf(0), text);
    expect(output).toMatch(
      /^refused: \S+ says that \S+ is applied, and there is no file of it: the files are older than the database\.\nWhat to do: run up with files that have it\.\n$/,
    );
  });
});

describe("going back", () => {
  let database: TeamDatabase;
  afterEach(() => database?.stop());

  test("PM's last changes are taken back by its undo files, and come again", async () => {
    database = await TeamDatabase.start(pm);
    await database.deployRest();
    const target = "V3_010_1__conflict_targets";
    const output = await database.migrate("revert", target);
    expect(output.split("\n").slice(0, 3)).toEqual(
      ["V3_013__user_features", "V3_012__observability", "V3_011__neo4j_dead_letter"].map(
        (name) => `reverting ${name}`,
      ),
    );
    expect(await database.history()).toEqual(database.expectedHistory(12));
    expect(await database.query("SELECT to_regclass('report_schedules') AS table")).toEqual([{ table: null }]);
    await database.deployRest();
    expect(await database.history()).toEqual(database.expectedHistory());
  });

  test("PRISM's target below what is applied is refused, for nothing takes it back", async () => {
    database = await TeamDatabase.start(prism);
    expect(await database.refused("check", database.names[2])).toBe(
      `refused: the change ${database.names[3]!} is applied, which is above schema.target ${database.names[2]!}, and no file takes it back.\n` +
        "What to do: set schema.target to it or to a later one, or restore a dump from before it.\n",
    );
    expect(await database.history()).toEqual(database.expectedHistory(4));
  });
});
