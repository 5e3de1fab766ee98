import { readPlan } from "../../../../components/migrations/plan";
import { schemaOf } from "../../../../components/system/schema";
import { prismParts } from "../../../../systems/prism/schema";
import { prismConfiguration } from "../../../../systems/prism/settings";

const release = "5.0.0";
const migrations = prismConfiguration.migrations!;
const { changes } = readPlan(migrations);
const [first, second] = changes as [string, string];
const upTo = (target: string) => ({ release, schema: { target, without: [] } });

test("without a target the schema has all changes", () => {
  expect(schemaOf({ migrations }, { release })).toMatchObject({
    source: { project: "prism" },
    target: undefined,
    changes,
  });
});

test("a system that declares nothing has the stack's target", () => {
  expect(schemaOf({ migrations }, upTo(first))).toMatchObject({ target: first, changes: [first] });
});

test("the stack's target takes precedence over the system's default", () => {
  const schema = schemaOf({ migrations, defaultTarget: first }, upTo(second));
  expect(schema).toMatchObject({ target: second, changes: [first, second] });
});

test("the system's default is the target where the stack has none", () => {
  const settings = { release, schema: { without: [] } };
  expect(schemaOf({ migrations, defaultTarget: first }, settings)).toMatchObject({ changes: [first] });
});

test("a system without migrations has no schema", () => {
  expect(schemaOf({}, upTo(first))).toBeUndefined();
});

test("the migrations that Runsheet ships make the parts up to the target", () => {
  const partsUpTo = (target: string) => schemaOf({ migrations, parts: prismParts }, upTo(target))!.parts;
  expect(schemaOf({ migrations, parts: prismParts }, { release })).toMatchObject({
    shipped: true,
    parts: Object.keys(prismParts),
  });
  expect(partsUpTo("invoice_validations")).toEqual(["ai_feedback", "invoice_validations"]);
  expect(partsUpTo("none")).toEqual([]);
});

test("migrations of the team's own make every part but those that are listed", () => {
  const own = { command: ["migrate"], image: "registry.example/migrations:1", secrets: {}, memoryLimit: "1Gi" };
  const settings = { release, migrations: own, schema: { without: ["ml_models", "training_batches"] } };
  const { shipped, parts } = schemaOf({ migrations, parts: prismParts }, settings)!;
  expect(shipped).toBe(false);
  expect(Object.keys(prismParts).filter((part) => !parts.includes(part))).toEqual(["ml_models", "training_batches"]);
});
