/** Prerequisites of the five systems, as the program declares them, on the teams' databases. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Check } from "../../../components/checks/check";
import { runChecks, type RunnerResult } from "../../support/checks-runner";
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { ExistingSystems } from "../../support/existing-systems";
import { databaseConfiguration } from "../../support/teams/configuration";
import { written } from "../../support/teams/migrations";
import { loginsEnvironment } from "../../support/url-environment";
import { TeamDatabase } from "./team-database";
import { pm, teams } from "./teams";

jest.setTimeout(300_000);
jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

const directories = mkdtempSync(join(tmpdir(), "runsheet-teams-"));
let systems: ExistingSystems;
beforeAll(async () => {
  const databases = teams.map(({ system, tool }) => {
    const directory = tool && written(tool.migrations, join(directories, system));
    return { system, directory, ca: "-----BEGIN CERTIFICATE-----" };
  });
  systems = await ExistingSystems.register({}, databaseConfiguration(databases));
});
afterAll(() => rmSync(directories, { recursive: true }));

test("each migration is a task, and the runbook's own queries come after them", () => {
  const jobs = systems.resources.filter(({ type }) => type.endsWith(":Job")).map(({ name }) => name);
  for (const { system, tool } of teams) {
    const migrations = jobs.filter((name) => name.startsWith(`${system}-migrate-`));
    expect(migrations.length).toBe(tool?.migrations.migrations.length ?? 0);
    expect(jobs.includes(`${system}-schema`)).toBe(tool !== undefined);
  }
});

/** Checks before the migrations, but for those of Redis. */
const prerequisites = (system: string): Check[] =>
  systems.checks(`${system}-prerequisites`).filter((check) => !("redis" in check));

function run(database: TeamDatabase, checks: readonly Check[], urls = {}): Promise<RunnerResult> {
  const own = { url: database.databaseUrl(), directUrl: database.databaseDirectUrl() };
  return runChecks(checks, { environment: loginsEnvironment({ ...own, ...urls }, database.authority) });
}

describe.each(teams)("the prerequisites of $system", (team) => {
  let database: TeamDatabase;
  beforeAll(async () => {
    database = await TeamDatabase.start(team);
  });
  afterAll(() => database?.stop());

  test("pass, and change nothing", async () => {
    const checks = prerequisites(team.system);
    expect(await run(database, checks)).toEqual({
      code: 0,
      stdout:
        checks.map(({ name }) => `ok     ${name}\n`).join("") + `${checks.length} of ${checks.length} checks passed\n`,
      stderr: "",
    });
    expect(await database.kept()).toBe(team.kept.rows);
  });

  if (team === pm) return; // There is no pooler.
  test("refuse a pooler in transaction mode as the direct URL", async () => {
    const { code, stderr } = await run(database, prerequisites(team.system), { directUrl: database.server.pooled!() });
    // With one login, both URLs are then the same.
    const key = team.application ? "databaseDirectUrl" : "databaseUrl";
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `FAILED migrations keep their session: ${key} leads through a pooler in transaction mode, which gives a session's connection away after each transaction
  They need locks and settings of a session. Set ${team.system}:databaseDirectUrl to the server itself, or to a pooler in session mode: with Supabase to port 5432, with Neon to the host without -pooler.
`,
    });
  });
});
