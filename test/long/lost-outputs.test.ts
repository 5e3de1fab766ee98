/** Stack outputs that are lost after a restore: a database that was given up is not mistaken for the live one. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "../support/cluster";
import { clusters, databasesOf } from "../support/databases";
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
afterAll(() => stack.leave());

let given: string;
let live: string;

/** Changes the stack's outputs in the state. */
async function rewriteOutputs(change: (outputs: Record<string, unknown>) => void): Promise<void> {
  const file = join(stack.directory, "state.json");
  const succeeds = async (...args: string[]) => {
    const { code, output } = await stack.pulumi(["stack", ...args, "--file", file, "--stack", "local"]);
    if (code !== 0) throw new Error(output);
  };
  await succeeds("export");
  const state = JSON.parse(readFileSync(file, "utf8")) as {
    deployment: { resources: { type: string; outputs: Record<string, unknown> }[] };
  };
  change(state.deployment.resources.find(({ type }) => type === "pulumi:pulumi:Stack")!.outputs);
  writeFileSync(file, JSON.stringify(state));
  await succeeds("import");
}

beforeAll(async () => {
  given = (await databasesOf(stack, "mued")).live!;
  stack.configure({ "mued:restore": { from: "latest", replaces: given } });
  await stack.upSucceeds();
  stack.configure({ "mued:restore": undefined });
  await stack.upSucceeds();
  live = (await databasesOf(stack, "mued")).live!;
  await sql("DROP TABLE IF EXISTS kept; CREATE TABLE kept (word text); INSERT INTO kept VALUES ('later')", "mued");
});

test("the next up is refused, and wakes nothing", async () => {
  await rewriteOutputs((outputs) => delete outputs.mued);
  await stack.upFails(
    "nothing was changed",
    `mued: the cluster says that ${live} is live, and by the stack's outputs it is not known which one.`,
    `If ${live} is: pulumi config set mued:live ${live}.`,
  );
  expect(await sql("SELECT word FROM kept", "mued")).toBe("later");
});

test("the one that is named goes on, and the other one is kept", async () => {
  stack.configure({ "mued:live": live });
  await stack.upSucceeds();
  expect(await databasesOf(stack, "mued")).toMatchObject({ live, givenUp: [{ name: given }] });
  expect((await clusters("mued")).split(" ").sort()).toEqual([given, live].sort());
  expect(await sql("SELECT word FROM kept", "mued")).toBe("later");
});

test("the configuration may go then, and what was given up is discarded", async () => {
  stack.configure({ "mued:live": undefined });
  expect((await stack.up("--expect-no-changes")).code).toBe(0);
  stack.configure({ "mued:discard": [given] });
  await stack.upSucceeds();
  stack.configure({ "mued:discard": undefined });
  await stack.upSucceeds();
  await sql("DROP TABLE kept", "mued");
  expect(await clusters("mued")).toBe(live);
});
