/** The migration of the drill bad-migration: real Sqitch deploys it, it is verified, and it damages the drill's rows. */
import { cp } from "node:fs/promises";
import { join, resolve } from "node:path";
import { corruptingChange, withCorruptingChange } from "../../../drills/corrupting-change";
import { StackSettings } from "../../../drills/stack-settings";
import { run } from "../../../lab/command";
import { changes, prismSystem } from "../prism/prism";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";

jest.setTimeout(120_000);

const inPod = resolve(__dirname, "../../../components/migrations/in-pod");
let prism: SystemDatabase;
startSystem(prismSystem, async (created) => {
  prism = created;
  await prism.sqitch("deploy", "--verify");
});

test("the careless migration succeeds, and every row of the drill is damaged", async () => {
  await prism.query(`CREATE TABLE runsheet_drill (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, written timestamptz NOT NULL DEFAULT clock_timestamp())`);
  await prism.query("INSERT INTO runsheet_drill (written) SELECT now() FROM generate_series(1, 3)");
  const project = join(prism.postgres.directory, "bad-migration");
  withCorruptingChange(new StackSettings("local", { config: {} }), "prism", project);
  await cp(join(inPod, "included"), project, { recursive: true });
  const output = await run("sh", [join(inPod, "migrate.sh"), "deploy", "prism", corruptingChange], {
    env: { ...prism.postgres.environment(prism.owner), RUNSHEET_PROJECT: project },
  });
  expect(output).toContain(`+ ${corruptingChange} .. ok`);
  expect(await prism.deployed()).toEqual([...changes, corruptingChange]);
  expect(await prism.query("SELECT count(*)::int AS damaged FROM runsheet_drill WHERE NOT isfinite(written)")).toEqual([
    { damaged: 3 },
  ]);
});
