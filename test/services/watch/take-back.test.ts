/** Taking a release back, with Kubernetes' own API server and controllers. */
import { setTimeout as sleep } from "node:timers/promises";
import * as api from "../../../components/kubernetes/in-pod/cluster-api";
import { keepPassed, type Deployment } from "../../../components/watch/in-pod/deployments";
import { notRunning, react, type WatchedRelease } from "../../../components/watch/in-pod/reaction";
import { rolledSince } from "../../../components/watch/in-pod/since";
import { rolledOut } from "../../../components/workload/in-pod/wait";
import { ControlPlane, serverSide } from "./control-plane";

const names = ["demo-api", "demo-worker"] as const;
const deployments = "/apis/apps/v1/namespaces/demo/deployments";
const pods = "/api/v1/namespaces/demo/pods";

let plane: ControlPlane;
let isOver = false;
let node: Promise<void>;

beforeAll(async () => {
  plane = await ControlPlane.start();
  jest.spyOn(api, "namespace").mockReturnValue("demo");
  jest.spyOn(api, "ask").mockImplementation((path, change) => plane.ask(path, change));
  jest.spyOn(console, "log").mockImplementation();
  await plane.ask("/api/v1/namespaces", { method: "POST", body: { metadata: { name: "demo" } } });
  node = makeReady();
});
afterAll(async () => {
  isOver = true;
  await node;
  await plane?.stop();
});

/** Takes the place of the nodes: all pods are ready. */
async function makeReady(): Promise<void> {
  const status = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
  while (!isOver) {
    const { items } = await plane.ask<{ items: { metadata: { name: string }; status: { phase: string } }[] }>(pods);
    for (const { metadata } of items.filter((pod) => pod.status.phase === "Pending"))
      await plane
        .ask(`${pods}/${metadata.name}/status`, { method: "PATCH", body: { status } })
        .catch(api.unlessMissing);
    await sleep(50);
  }
}

/** Deploys as Pulumi does, and waits for the rollout. */
async function up(release: string, environment: Readonly<Record<string, string>> = {}): Promise<WatchedRelease> {
  const env = Object.entries({ RELEASE: release, ...environment }).map(([name, value]) => ({ name, value }));
  const rollouts = names.map((deployment) => ({
    deployment,
    revision: `${deployment}-${release}-${Object.values(environment).join()}`,
  }));
  for (const { deployment: name, revision } of rollouts) {
    const labels = { "app.kubernetes.io/name": name, "app.kubernetes.io/version": release };
    const container = { name: "main", image: `registry.example/demo:${release}`, env };
    const template = { metadata: { labels }, spec: { containers: [container] } };
    const selector = { matchLabels: { "app.kubernetes.io/name": name } };
    const metadata = { name, labels, annotations: { "runsheet/revision": revision } };
    const spec = { replicas: 2, revisionHistoryLimit: 10, selector, template };
    const body = { apiVersion: "apps/v1", kind: "Deployment", metadata, spec };
    const query = "fieldManager=pulumi-kubernetes&force=true";
    await plane.ask(`${deployments}/${name}?${query}`, { method: "PATCH", body }, serverSide);
  }
  for (const rollout of rollouts) expect(await rolledOut(rollout, 30)).toBeUndefined();
  const watched = { system: "demo", release, onFailure: "rollback", rollouts, schema: "schema-1" } as const;
  return { ...watched, rolloutSeconds: 30 };
}

const pass = ({ rollouts, release, schema }: WatchedRelease) => keepPassed(rollouts, { release, schema });
const read = (name: string) =>
  plane.ask<Deployment & { metadata: { generation: number; uid: string } }>(`${deployments}/${name}`);
const images = async () => {
  const all = await Promise.all(names.map(read));
  return all.map(({ spec }) => spec.template.spec.containers[0]!.image);
};
const advice = (from: string, to: string) =>
  `To take ${from} back: pulumi config set demo:release ${to}; then pulumi up`;

test("without a release that has passed, nothing is taken back", async () => {
  const first = await up("5.0.0");
  expect(await react(first)).toBe(
    "It is not taken back by itself: no release before it has passed the watch.\n  " +
      "To take 5.0.0 back: pulumi config set demo:release RELEASE (the release before); " +
      "and demo:schema.target, if the schema is to go back, too; then pulumi up",
  );
  await pass(first);
  expect(await react(first)).toContain("its pods are those with which 5.0.0 passed");
});

test("with stop, the release before is named, and nothing is changed", async () => {
  const bad = await up("5.1.0");
  expect(await react({ ...bad, onFailure: "stop" })).toBe(advice("5.1.0", "5.0.0"));
  expect(await images()).toEqual(["registry.example/demo:5.1.0", "registry.example/demo:5.1.0"]);
});

test("with rollback, all Deployments are back at the release that passed", async () => {
  const bad = await up("5.1.0");
  expect(await notRunning(bad)).toBeUndefined();
  expect(await react(bad)).toBe(
    "5.1.0 was taken back: 5.0.0 runs again, and the configuration still says 5.1.0. Say so there: " +
      "pulumi config set demo:release 5.0.0, then pulumi up",
  );
  expect(await images()).toEqual(["registry.example/demo:5.0.0", "registry.example/demo:5.0.0"]);
  const { metadata, spec } = await read("demo-api");
  expect(metadata.labels).toMatchObject({ "app.kubernetes.io/version": "5.0.0" });
  expect(metadata.annotations).toMatchObject({ "runsheet/revision": "demo-api-5.0.0-" });
  expect(spec.template.metadata.labels).toEqual({
    "app.kubernetes.io/name": "demo-api",
    "app.kubernetes.io/version": "5.0.0",
  });
});

test("an up with the release that was taken back says so", async () => {
  const rollouts = names.map((deployment) => ({ deployment, revision: `${deployment}-5.1.0-` }));
  const again = { system: "demo", release: "5.1.0", onFailure: "rollback", rollouts, schema: "schema-1" } as const;
  expect(await notRunning({ ...again, rolloutSeconds: 30 })).toMatch(
    /^FAILED 5\.1\.0 was taken back by the watch at \S+Z, and 5\.0\.0 runs\. Say so in the configuration \(pulumi config set demo:release 5\.0\.0\), or set a later release; then pulumi up$/,
  );
});

test("an up with the release before changes no pod", async () => {
  const before = await Promise.all(names.map(read));
  await up("5.0.0");
  const after = await Promise.all(names.map(read));
  expect(after.map(({ metadata }) => metadata.generation)).toEqual(before.map(({ metadata }) => metadata.generation));
});

test("the release that was bad is not gone back to, after another bad one", async () => {
  await up("5.1.0");
  const worse = await up("5.2.0");
  expect(await react(worse)).toContain("5.2.0 was taken back: 5.0.0 runs again");
  expect(await images()).toEqual(["registry.example/demo:5.0.0", "registry.example/demo:5.0.0"]);
});

test("what is not taken back with the Deployments is told", async () => {
  const bad = await up("5.2.0");
  expect(await react({ ...bad, leaves: ["demo-reports"] })).toBe(
    "5.2.0 was taken back: 5.0.0 runs again, and the configuration still says 5.2.0, as demo-reports has it. Say so " +
      "there: pulumi config set demo:release 5.0.0, then pulumi up",
  );
});

test("a release that was taken back in part is told by what still has it", async () => {
  const bad = await up("5.2.0");
  const takenBack = JSON.stringify({ release: "5.2.0", at: "2026-12-01T12:00:00.000Z" });
  // As a watch leaves it that was killed after the first Deployment.
  const annotations = { "runsheet/revision": "demo-worker-5.0.0-", "runsheet/taken-back": takenBack };
  await plane.ask(`${deployments}/demo-worker`, { method: "PATCH", body: { metadata: { annotations } } });
  expect(await notRunning(bad)).toBe(
    "FAILED 5.2.0 was taken back by the watch at 2026-12-01T12:00:00.000Z, and 5.0.0 runs, but not wholly: demo-api still " +
      "has it. Say so in the configuration (pulumi config set demo:release 5.0.0), or set a later release; then pulumi up",
  );
});

test("a release that passes is the next to go back to", async () => {
  await pass(await up("5.3.0"));
  const { metadata } = await read("demo-worker");
  expect(metadata.annotations).not.toHaveProperty("runsheet/taken-back");
  expect(await react(await up("5.4.0"))).toContain("5.4.0 was taken back: 5.3.0 runs again");
});

test("with another schema, or another variable, it stays and says why", async () => {
  const migrated = { ...(await up("5.5.0")), schema: "schema-2" };
  expect(await react(migrated)).toBe(
    "It is not taken back by itself: the schema has changed since 5.3.0 passed.\n  To take 5.5.0 back: " +
      "pulumi config set demo:release 5.3.0; and demo:schema.target, if the schema is to go back, too; then pulumi up",
  );
  const configured = await up("5.5.0", { LOG_LEVEL: "debug" });
  expect(await react(configured)).toBe(
    "It is not taken back by itself: more than the release has changed since 5.3.0: demo-api in " +
      `spec.containers.main.env.LOG_LEVEL.\n  ${advice("5.5.0", "5.3.0")}`,
  );
  expect(await images()).toEqual(["registry.example/demo:5.5.0", "registry.example/demo:5.5.0"]);
});

test("somebody's change by hand is no release to judge", async () => {
  const bad = await up("5.6.0");
  const annotations = { "runsheet/revision": "by hand" };
  await plane.ask(`${deployments}/demo-worker`, { method: "PATCH", body: { metadata: { annotations } } });
  expect(await notRunning(bad)).toBe(
    "FAILED demo-worker has other pods than those of 5.6.0: somebody has changed it. " +
      "Find out who, then: pulumi refresh, and pulumi up",
  );
});

test("the rollout began when its oldest pod was made; without one in a day, it is now", async () => {
  const start = Date.now();
  await up("5.7.0");
  const since = await rolledSince(names, new Date());
  expect(Math.abs(since.getTime() - start)).toBeLessThan(10_000);
  const later = new Date(Date.now() + 25 * 3_600_000);
  expect(await rolledSince(names, later)).toEqual(later);
});
