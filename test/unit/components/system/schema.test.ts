import { readPlan } from "../../../../components/migrations";
import { schemaOf } from "../../../../components/system/schema";
import { prismConfiguration } from "../../../../systems/prism/settings";

const migrations = prismConfiguration.migrations!;
const { changes } = readPlan(migrations);
const [first, second] = changes as [string, string];

test("without a target the schema has all changes", () => {
  expect(schemaOf({ migrations }, {})).toEqual({ project: migrations, target: undefined, changes });
});

test("a system that declares nothing has the stack's target", () => {
  expect(schemaOf({ migrations }, { schema: { target: first } })).toMatchObject({ target: first, changes: [first] });
});

test("the stack's target takes precedence over the system's default", () => {
  const schema = schemaOf({ migrations, defaultTarget: first }, { schema: { target: second } });
  expect(schema).toMatchObject({ target: second, changes: [first, second] });
});

test("the system's default is the target where the stack has none", () => {
  expect(schemaOf({ migrations, defaultTarget: first }, { schema: {} })).toMatchObject({ changes: [first] });
});

test("a system without migrations has no schema", () => {
  expect(schemaOf({}, { schema: { target: first } })).toBeUndefined();
});
