/** "Batch Job Testing" with an application, whose script it is. */
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { componentOutputs } from "../../support/mocks";
import { runProgram } from "../../support/program";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

interface StepRecord {
  readonly name: string;
  readonly after: readonly string[];
}

let jobs: readonly string[];
let steps: Readonly<Record<string, readonly string[]>>;
let command: readonly string[] | undefined;
let image: string;

beforeAll(async () => {
  const program = await runProgram({
    "runsheet:systems": ["mued"],
    "mued:application": { app: "registry.example/mued" },
    "mued:baseline": undefined,
    "mued:performance": undefined,
  });
  jobs = program.names("Job");
  ({ command, image } = program.inputs("Job", "mued-calculate-rag-metrics").spec.template.spec.containers[0]);
  const [, runbook] = [...componentOutputs()()].find(([urn]) => urn.endsWith("Runbook::mued"))!;
  steps = Object.fromEntries((runbook.steps as readonly StepRecord[]).map(({ name, after }) => [name, after]));
});

test("it is the checklist's command, in the release's image", () => {
  expect(command).toEqual(["npx", "tsx", "scripts/jobs/calculate-rag-metrics.ts"]);
  expect(image).toBe("registry.example/mued:2.0.0");
});

test("the phases of a development environment do not run", () => {
  expect(jobs).toContain("mued-calculate-rag-metrics");
  expect(jobs).not.toContain("mued-data-validation");
  expect(jobs).not.toContain("mued-query-performance");
});

test("going back cannot fail on it: the rollout does not wait for it", () => {
  expect(steps["batch-job"]).toEqual(["configuration"]);
  expect(steps.performance).toEqual(["configuration"]);
  expect(steps.application).toEqual(["performance"]);
  expect(steps.verify).toEqual(["rollback", "batch-job-result"]);
});
