/** What people change by hand in the stack's objects, with Kubernetes' own API server: only that is taken back. */
import { unlessMissing, type Change, type Refused } from "../../components/kubernetes/in-pod/cluster-api";
import { ChangedMeanwhile, type Patch, type Read } from "../../components/kubernetes/kubeconfig";
import { madeAnnotations } from "../../components/kubernetes/made";
import { editedIn, takeBack, type Edited } from "../../components/kubernetes/take-back";
import { ControlPlane, serverSide } from "./watch/control-plane";

const deployments = "/apis/apps/v1/namespaces/demo/deployments";
const path = `${deployments}/api`;
const edited = "runsheet/edit-taken-back";
const restartedAt = "kubectl.kubernetes.io/restartedAt";

interface Deployment {
  readonly metadata: {
    readonly annotations: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
  };
  readonly spec: {
    readonly replicas: number;
    readonly paused?: boolean;
    readonly template: {
      readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
      readonly spec: { readonly containers: readonly { readonly env?: readonly { readonly name: string }[] }[] };
    };
  };
}

let plane: ControlPlane;
// The API server has none of the operators' kinds.
const read = ((asked) =>
  asked.startsWith(deployments) ? plane.ask<never>(asked).catch(unlessMissing) : Promise.resolve(undefined)) as Read;
const patch: Patch = (asked, type, body) =>
  plane.ask<never>(asked, { method: "PATCH", body }, type).catch((error: Refused) => {
    throw error.status === 409 ? new ChangedMeanwhile(error.message) : error;
  });

const declaredWith = (annotations: Readonly<Record<string, string>>) => ({
  ...{ apiVersion: "apps/v1", kind: "Deployment" },
  metadata: { name: "api", namespace: "demo", annotations: { ...madeAnnotations, ...annotations } },
  spec: {
    selector: { matchLabels: { app: "api" } },
    template: {
      metadata: { labels: { app: "api" } },
      spec: { containers: [{ name: "main", image: "registry.example/api:1", env: [{ name: "PORT", value: "80" }] }] },
    },
  },
});
/** Applies as Pulumi's provider does. */
const apply = (annotations: Readonly<Record<string, string>> = {}, manager = "pulumi-kubernetes-1a2b3c4d") =>
  patch(`${path}?fieldManager=${manager}&force=true`, serverSide, declaredWith(annotations));
const by = (manager: string, body: Change["body"]) =>
  plane.ask(`${path}?fieldManager=${manager}`, { method: "PATCH", body });
const live = () => plane.ask<Deployment>(path);
const find = async (): Promise<Edited> => (await editedIn(["demo"], read))[0]!;
const environmentOf = ({ spec }: Deployment) => spec.template.spec.containers[0]!.env!.map(({ name }) => name);
const setVariable = () =>
  by("kubectl-set", {
    spec: { template: { spec: { containers: [{ name: "main", env: [{ name: "DEBUG", value: "1" }] }] } } },
  });

beforeAll(async () => {
  plane = await ControlPlane.start();
  await plane.ask("/api/v1/namespaces", { method: "POST", body: { metadata: { name: "demo" } } });
});
afterAll(() => plane?.stop());
beforeEach(() => apply());
afterEach(() => plane.ask(path, { method: "DELETE" }));

test("a variable of kubectl set env is removed, and what Runsheet's tasks and controllers set stays", async () => {
  await by("runsheet-watch", { metadata: { annotations: { "runsheet/watched": "{}" } } });
  await by("load-balancer", { metadata: { annotations: { "example.com/address": "10.1.2.3" } } });
  await by("kubectl-rollout", { spec: { template: { metadata: { annotations: { [restartedAt]: "10:00" } } } } });
  await setVariable();
  const found = await find();
  expect(found.fields.map(({ path }) => path)).toEqual(["spec.template.spec.containers[main].env[DEBUG]"]);
  await takeBack({ read, patch }, found, declaredWith({}));
  await apply({ [edited]: found.when });
  const now = await live();
  expect(environmentOf(now)).toEqual(["PORT"]);
  expect(now.metadata.annotations).toMatchObject({
    ...{ "runsheet/watched": "{}", "example.com/address": "10.1.2.3", [edited]: found.when },
  });
  expect(now.spec.template.metadata.annotations).toEqual({ [restartedAt]: "10:00" });
  expect(await find()).toMatchObject({ when: found.when, fields: [] });
});

test("what was declared before the state was lost is nobody's edit", async () => {
  const later = "pulumi-kubernetes-00000000";
  await apply({ "runsheet/only-at-first": "yes" });
  await apply({}, later);
  await setVariable();
  const found = await find();
  await takeBack({ read, patch }, { ...found, provider: later }, declaredWith({}));
  await apply({ [edited]: found.when }, later);
  const now = await live();
  expect([environmentOf(now), now.metadata.annotations["runsheet/only-at-first"]]).toEqual([["PORT"], "yes"]);
});

test("a number of pods that an autoscaler agrees with is left to it", async () => {
  await by("kubectl-patch", { spec: { replicas: 5 } });
  const found = await find();
  expect(found.fields.map(({ path }) => path)).toEqual(["spec.replicas"]);
  await takeBack({ read, patch }, found, declaredWith({}));
  await apply({ [edited]: found.when });
  expect((await live()).spec.replicas).toBe(5);
  expect((await find()).fields).toEqual([]);
});

test("an up that is killed before the object is applied is gone on with by the next one", async () => {
  await setVariable();
  const found = await find();
  await takeBack({ read, patch }, found, declaredWith({}));
  const next = await find();
  expect(next).toMatchObject({ when: found.when, fields: [] });
  await apply({ [edited]: next.when });
  expect(environmentOf(await live())).toEqual(["PORT"]);
});

test("the result of the watch is no edit by hand", async () => {
  const result = JSON.stringify({ release: "5.1.0", at: "2026-12-01T10:00:00.000Z" });
  await by("runsheet-watch", { metadata: { annotations: { "runsheet/taken-back": result } } });
  expect(await editedIn(["demo"], read)).toEqual([]);
});

test("an object that Pulumi does not apply is left as it is", async () => {
  const none = (() => Promise.resolve({ metadata: { managedFields: [], resourceVersion: "1" } })) as Read;
  const refuse: Patch = (asked) => Promise.reject(new Error(`patched: ${asked}`));
  await expect(takeBack({ read: none, patch: refuse }, { when: "10:00" }, declaredWith({}))).resolves.toBeUndefined();
});
