/**
 * Stack that no longer installs the operators: no database is deleted, and a later `up` takes over the custom resource
 * definitions again.
 */
import { kubectl, sql, systems } from "../support/cluster";
import { expectUpUnchanged } from "../support/drift";
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
afterAll(async () => {
  await sql("DROP TABLE IF EXISTS kept");
  await stack.leave();
});

/** UIDs of all databases. A recreated database has a new UID. */
const databases = () => kubectl("get", "clusters.postgresql.cnpg.io", "-A", "-o", "jsonpath={.items[*].metadata.uid}");
const kinds = () => kubectl("get", "customresourcedefinitions", "-o", "name");
const operators = () => kubectl("get", "deployments", "-n", "cnpg-system", "--ignore-not-found", "-o", "name");

test("databases outlive the operators, which take over again when they return", async () => {
  await stack.upSucceeds();
  await sql("SET ROLE prism; CREATE TABLE kept (word text); INSERT INTO kept VALUES ('before')");
  const before = { databases: await databases(), kinds: await kinds() };
  expect(before.databases.split(" ").length).toBeGreaterThanOrEqual(systems.length);

  stack.configure({ "runsheet:platform": { install: false } });
  await stack.upSucceeds();
  expect(await operators()).toBe("");
  expect({ databases: await databases(), kinds: await kinds() }).toEqual(before);
  expect(await sql("SELECT word FROM kept")).toBe("before");

  stack.configure({ "runsheet:platform": undefined });
  await stack.upSucceeds();
  expect(await operators()).toBe("deployment.apps/barman-cloud\ndeployment.apps/cnpg-controller-manager");
  expect({ databases: await databases(), kinds: await kinds() }).toEqual(before);
  expect(await sql("SELECT word FROM kept")).toBe("before");
  await expectUpUnchanged(stack);
});
