/** Systems on a schema that migrations of the team's own make, and that lacks parts of the runbook's. */
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import type { Check } from "../../../../components/checks";
import type { MeasuredQuery } from "../../../../components/checks/query-performance";
import { emptyCluster, readerOf } from "../../../support/cluster-reader";
import { goldenFiles, type Golden } from "../../../support/golden";
import { collectResources, componentOutputs, registeredUrns, settled } from "../../../support/mocks";
import { setStackConfiguration } from "../../../support/stack-configuration";

jest.mock("../../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

const systems = ["prism", "omniops", "mued", "pm"] as const;
type Name = (typeof systems)[number];
const lacking: Readonly<Record<Name, readonly string[]>> = {
  prism: ["user_insights", "training_batches"],
  omniops: ["sentiment_analysis", "foreign_keys"],
  mued: ["daily_metrics", "foreign_keys"],
  pm: ["neo4j_sync_backlog", "scheduled_reports"],
};
let declared: Readonly<Record<Name, Golden>>;

beforeAll(async () => {
  const resources = collectResources("runsheet", "local");
  const own = { command: ["migrate"], image: "registry.example/migrations:1" };
  const settings: [string, unknown][] = systems.flatMap((name) => [
    [`${name}:schema`, { without: lacking[name] }],
    [`${name}:migrations`, own],
  ]);
  setStackConfiguration("local", { ...Object.fromEntries(settings), "runsheet:systems": systems });
  const main = jest.requireActual<() => Promise<Record<string, unknown>>>("../../../../index");
  const outputs = await new Promise<Record<string, unknown>>((resolve) => {
    void main().then((values) => pulumi.output(values).apply(resolve));
  });
  const [urns, outputsOfComponents] = [registeredUrns(), componentOutputs()];
  await settled();
  const files = goldenFiles({ resources, urns, outputs, componentOutputs: outputsOfComponents() }, systems);
  declared = Object.fromEntries(systems.map((name) => [name, parse(files[`${name}.yaml`]!) as Golden])) as never;
});

const named = (system: Name, type: string) =>
  declared[system].resources.filter((each) => each.type.endsWith(`:${type}`)).map(({ name }) => name);

interface Container {
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}
interface Pod {
  readonly spec: {
    readonly replicas?: number;
    readonly template: { readonly spec: { readonly containers: readonly [Container] } };
  };
}
const inputs = (system: Name, type: string, name: string) =>
  declared[system].resources.find((each) => each.type.endsWith(`:${type}`) && each.name === name)!
    .inputs as unknown as Pod;
const container = (system: Name, job: string) => inputs(system, "Job", job).spec.template.spec.containers[0];
const variable = <Value>(system: Name, job: string, name: string) =>
  JSON.parse(container(system, job).env.find((each) => each.name === name)!.value!) as Value;
const checksOf = (system: Name, job: string) =>
  variable<{ checks: (Check & { sql: string })[]; cleanup: (Check & { sql: string })[] }>(system, job, "CHECKS");
const namesOf = (checks: readonly Check[]) => checks.map(({ name }) => name);

test.each(systems)("%s checks its schema in the step after its migrations", (system) => {
  const steps = declared[system].runbook!.steps.map(({ name }) => name);
  expect(steps[steps.indexOf("migrate") + 1]).toBe("schema");
  const [parts] = checksOf(system, `${system}-schema`).checks;
  expect(parts!.name).toBe("the parts of the schema");
  for (const part of lacking[system]) expect(parts!.sql).not.toContain(`"${part} `);
});

test("what a part that is not there would need is not declared", () => {
  expect(named("prism", "CronJob")).not.toContain("prism-maintenance-monthly");
  expect(named("prism", "CronJob")).toContain("prism-maintenance-quarterly");
  expect(inputs("prism", "Deployment", "prism-monthly-insights").spec.replicas).toBe(0);
  expect(inputs("prism", "Deployment", "prism-model-training").spec.replicas).toBe(1);
  expect(named("omniops", "CronJob")).not.toContain("omniops-requeue-failed-jobs");
  expect(named("omniops", "Job")).not.toContain("omniops-backfill");
  expect(named("mued", "CronJob")).not.toContain("mued-calculate-rag-metrics-daily");
  expect(named("mued", "Job")).not.toContain("mued-calculate-rag-metrics");
  expect(named("pm", "CronJob")).not.toContain("pm-scheduled-reports");
  expect(named("pm", "CronJob")).toContain("pm-backlog-cleanup");
});

test("no check asks for a part that is not there", () => {
  const { checks, cleanup } = checksOf("prism", "prism-smoke-test");
  expect(namesOf(checks).filter((name) => name.startsWith("insights"))).toEqual([]);
  expect(namesOf(checks)).toContain("feedback is in the database");
  expect(namesOf(cleanup)).toEqual(["feedback of the test is removed", "profile of the test is removed"]);
  expect(namesOf(checksOf("omniops", "omniops-verify-migration").checks)).toEqual([
    "the rows of response_suggestions can be counted",
    "the rows of conversation_categories can be counted",
  ]);
  expect(namesOf(checksOf("omniops", "omniops-schema").checks).join()).not.toContain("foreign key");
  expect(namesOf(checksOf("mued", "mued-schema").checks).join()).not.toContain("foreign key");
  expect(checksOf("pm", "pm-smoke-test").cleanup[0]!.sql).not.toContain("neo4j_sync_backlog");
});

test("MUED asks of its schema only what the checklist names", () => {
  expect(container("mued", "mued-data-validation").command).toContain("--file=/runsheet/data-validation-named.sql");
  const { queries } = variable<{ queries: MeasuredQuery[] }>("mued", "mued-query-performance", "QUERIES");
  expect(queries.map(({ index }) => index)).toEqual(["idx_ai_dialogue_user_created", "idx_ai_dialogue_created_at"]);
});
