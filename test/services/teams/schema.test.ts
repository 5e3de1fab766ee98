/** The runbooks' verification queries on the schema that each team's own migrations made, and what they say of drift. */
import type { Check } from "../../../components/checks/check";
import type { Parts, SchemaChecks } from "../../../components/system/parts";
import { muedParts, schemaChecks as ofMued } from "../../../systems/mued/schema";
import { omniopsParts, schemaChecks as ofOmniops } from "../../../systems/omniops/schema";
import { pmParts, schemaChecks as ofPm } from "../../../systems/pm/schema";
import { prismParts, schemaChecks as ofPrism } from "../../../systems/prism/schema";
import { runChecks, type RunnerResult } from "../../support/checks-runner";
import { schemaStep } from "../schema-checks";
import { TeamDatabase } from "./team-database";
import { mued, omniops, pm, prism, type Team } from "./teams";

jest.setTimeout(300_000);

const step = <Name extends string>({ system }: Team, parts: Parts<Name>, checks: SchemaChecks<Name>) =>
  schemaStep(system, parts, checks);

/** Each team, the checks of its schema, SQL that makes it drift, and what is said then. */
const cases: readonly (readonly [Team, readonly Check[], string, string])[] = [
  [
    prism,
    step(prism, prismParts, ofPrism),
    "ALTER TABLE user_insights DISABLE ROW LEVEL SECURITY",
    'FAILED row security is on: off is ["user_insights"], expected []\n',
  ],
  [
    omniops,
    step(omniops, omniopsParts, ofOmniops),
    "ALTER TABLE sentiment_analysis DROP CONSTRAINT fk_sentiment_message",
    "FAILED the foreign keys fk_sentiment_message: missing is " +
      '["fk_sentiment_message: sentiment_analysis to messages ON DELETE CASCADE"], expected []\n',
  ],
  [
    mued,
    step(mued, muedParts, ofMued),
    "DROP INDEX idx_plugin_enabled_healthy",
    'FAILED the parts of the schema: missing is ["rag_indexes: idx_plugin_enabled_healthy"], expected []\n',
  ],
  [
    pm,
    step(pm, pmParts, ofPm),
    "DELETE FROM flyway_schema_history WHERE version = '3.011'",
    'FAILED the migrations in Flyway\'s history: missing is ["V3_011"], expected []\n',
  ],
];

describe.each(cases)("the schema of $system", (team, checks, drift, complaint) => {
  let database: TeamDatabase;
  beforeAll(async () => {
    database = await TeamDatabase.start(team);
  });
  afterAll(() => database?.stop());

  const run = (): Promise<RunnerResult> => runChecks(checks, { environment: database.environment() });

  test("is not complete before the rest is applied", async () => {
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^FAILED the parts of the schema: missing is \[/);
  });

  test("is complete after that", async () => {
    await database.deployRest();
    expect(await run()).toEqual({
      code: 0,
      stdout:
        checks.map(({ name }) => `ok     ${name}\n`).join("") + `${checks.length} of ${checks.length} checks passed\n`,
      stderr: "",
    });
  });

  test("that somebody changed by hand is named", async () => {
    await database.query(drift);
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr.slice(0, complaint.length)).toBe(complaint);
  });
});
