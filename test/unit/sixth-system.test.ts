/** Sixth system, which docs/adding-a-system.md builds from a runbook, deployed without a cluster. */
import { join } from "node:path";
import { parse } from "yaml";
import { emptyCluster, readerOf } from "../support/cluster-reader";
import { goldenFiles, type Golden } from "../support/golden";
import { collectResources, componentOutputs, registeredUrns, settled } from "../support/mocks";
import { addSixthSystem, sixthSystemKeys } from "../support/sixth-system";
import { setStackConfiguration } from "../support/stack-configuration";
import { Workspace } from "../support/workspace";

const workspace = new Workspace();
let golden: Golden;
const namesOf = (type: string) => golden.resources.filter((each) => each.type === type).map(({ name }) => name);
const inputs = (type: string, name: string) =>
  golden.resources.find((each) => each.type === type && each.name === name)!.inputs;

beforeAll(async () => {
  addSixthSystem(workspace);
  const inCopy = (path: string) => join(workspace.directory, path);
  jest.doMock(inCopy("components/kubernetes/kubeconfig"), () => ({
    clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
  }));
  const resources = collectResources("runsheet", "local");
  setStackConfiguration("local", { ...sixthSystemKeys(), "runsheet:systems": ["helpdesk"] });
  await jest.requireActual<() => Promise<unknown>>(inCopy("index"))();
  const [urns, outputsOfComponents] = [registeredUrns(), componentOutputs()];
  await settled();
  const program = { resources, urns, outputs: {}, componentOutputs: outputsOfComponents() };
  golden = parse(goldenFiles(program, ["helpdesk"])["helpdesk.yaml"]!) as Golden;
});
afterAll(() => workspace.remove());

test("its steps have the runbook's headings, in the runbook's order", () =>
  expect(golden.runbook!.steps.map(({ name, title }) => `${name}: ${title}`)).toEqual([
    "environment: Requirements: the database",
    "live-database: Which database is live, recorded in the cluster",
    "prerequisites: Requirements",
    "backup: A verified dump before the migrations (the runbook has none)",
    "migrate: Database Migrations",
    "configuration: Configuration",
    "service: Service Deployment",
    "rollback: Rollback",
    "verify: Verification",
  ]));

test("each of its changes is a task of its own", () =>
  expect(namesOf("kubernetes:batch/v1:Job").filter((name) => name.startsWith("helpdesk-migrate-"))).toEqual([
    "helpdesk-migrate-open-tickets-index",
    "helpdesk-migrate-tickets",
  ]));

test("its service runs the stand-in in two pods, with its secret and its database", () => {
  expect(namesOf("kubernetes:apps/v1:Deployment")).toEqual(["helpdesk-web"]);
  expect(inputs("kubernetes:apps/v1:Deployment", "helpdesk-web")).toMatchObject({
    metadata: { namespace: "helpdesk", labels: { "app.kubernetes.io/version": "1.0.0" } },
    spec: { replicas: 2 },
  });
  const text = JSON.stringify(inputs("kubernetes:apps/v1:Deployment", "helpdesk-web"));
  expect(text).toContain('"name":"STAND_IN_REQUIRES","value":"DATABASE_URL,API_TOKEN"');
  expect(namesOf("random:index/randomPassword:RandomPassword")).toContain("helpdesk-generated-api-token");
});

test("its verification asks what the runbook asks", () => {
  const text = JSON.stringify(inputs("kubernetes:batch/v1:Job", "helpdesk-smoke-test"));
  for (const check of ["1. health", "2. create a ticket", "3. read the ticket", "the ticket is removed"])
    expect(text).toContain(check);
});

test("it is dumped before its migrations, and by the clock", () => {
  expect(namesOf("kubernetes:batch/v1:Job")).toContain("helpdesk-dump");
  expect(namesOf("kubernetes:batch/v1:CronJob")).toContain("helpdesk-dump-scheduled");
});
