/** Migrations of the four teams that have some, on their servers: taken over, and gone on with. */
import { mued, omniops, pm, prism } from "./teams";
import { TeamDatabase } from "./team-database";

jest.setTimeout(300_000);

describe.each([prism, omniops, mued, pm])("the migrations of $system", (team) => {
  let database: TeamDatabase;
  const { applied } = team.tool!;
  beforeAll(async () => {
    database = await TeamDatabase.start(team);
  });
  afterAll(() => database?.stop());

  test("what the tool applied is taken over", async () => {
    const { names } = database;
    const state = (index: number) => (index < applied ? "is applied already" : "will be applied");
    expect(await database.migrate("check")).toBe(names.map((name, index) => `${name} ${state(index)}\n`).join(""));
    expect(await database.history()).toEqual(database.expectedHistory(applied));
  });

  test("the rest is applied, each with the tool's own record", async () => {
    for (const name of database.names.slice(applied))
      expect(await database.migrate("deploy", name)).toBe(`applying ${name}\n`);
    expect(await database.history()).toEqual(database.expectedHistory());
    expect(await database.kept()).toBe(team.kept.rows);
  });

  test("a second run changes nothing", async () => {
    const said = database.names.map((name) => `${name} is applied already\n`).join("");
    expect(await database.migrate("deploy-together")).toBe(said);
    expect(await database.history()).toEqual(database.expectedHistory());
  });
});
