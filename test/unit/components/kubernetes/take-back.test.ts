/** Edits by hand: which objects have some, and how an `up` takes them back. */
import * as pulumi from "@pulumi/pulumi";
import type { FieldOwner, Fields } from "../../../../components/kubernetes/field-owners";
import type { Patch, Read } from "../../../../components/kubernetes/kubeconfig";
import {
  editedIn,
  isTakenBack,
  lookedAtKinds,
  takingBack,
  type Edited,
} from "../../../../components/kubernetes/take-back";
import { readerOf } from "../../../support/cluster-reader";
import { collectResources, settled } from "../../../support/mocks";
import { owner, provider } from "../../drift/changes";

const made = { "pulumi.com/patchForce": "true", "pulumi.com/deletionPropagationPolicy": "background" };
const deployments = "/apis/apps/v1/namespaces/demo/deployments";
const time = (hour: number) => `2026-12-01T0${hour}:00:00Z`;
const paused = { "f:spec": { "f:paused": {} } };
const replicas = { "f:spec": { "f:replicas": {} } };

const edited = (metadata: object) =>
  editedIn(
    ["demo"],
    readerOf({ [deployments]: { items: [{ metadata: { name: "api", namespace: "demo", ...metadata } }] } }),
  );
const own = (managedFields: readonly FieldOwner[], annotations = {}, generation = 7) =>
  edited({ annotations: { ...made, ...annotations }, managedFields, generation });

describe("an object with edits", () => {
  const named = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "api", namespace: "demo" } };

  test("has the fields, and the time of the last one", async () =>
    expect(
      await own([
        provider(replicas),
        owner("kubectl-edit", paused, { time: time(2) }),
        owner("kubectl-set", { "f:spec": { "f:minReadySeconds": {} } }, { time: time(1) }),
      ]),
    ).toEqual([
      {
        ...{ ...named, when: time(2) },
        fields: [
          { path: "spec.minReadySeconds", manager: "kubectl-set", time: time(1) },
          { path: "spec.paused", manager: "kubectl-edit", time: time(2) },
        ],
      },
    ]));

  test("without a time has its generation", async () =>
    expect(await own([owner("kubectl", replicas)])).toMatchObject([{ when: "generation 7" }]));

  test("keeps its annotation when they were taken back: the next up changes nothing", async () =>
    expect(await own([provider(paused)], { "runsheet/edit-taken-back": time(2) })).toEqual([
      { ...named, when: time(2), fields: [] },
    ]));

  test("has the time of a later edit", async () =>
    expect(
      await own([owner("kubectl-edit", paused, { time: time(3) })], { "runsheet/edit-taken-back": time(2) }),
    ).toMatchObject([{ when: time(3) }]));

  test.each([
    ["a controller's fields are no edits", [owner("terraform", paused)], made],
    ["an object of another tool has none", [owner("kubectl-edit", paused)], {}],
    ["an object without owners has none", undefined, made],
  ])("%s", async (_, managedFields, annotations) => expect(await edited({ annotations, managedFields })).toEqual([]));
});

describe("pods that an autoscaler counts", () => {
  const autoscalers = (name: string) => ({
    "/apis/autoscaling/v2/namespaces/demo/horizontalpodautoscalers": {
      items: [
        { metadata: { name: "scaler", namespace: "demo" }, spec: { scaleTargetRef: { kind: "Deployment", name } } },
      ],
    },
  });
  const scaled = (name: string, fields: Fields = replicas, annotations = {}) => {
    const managedFields = [provider(paused), owner("kubectl", fields, { subresource: "scale" })];
    const metadata = { name: "api", namespace: "demo", annotations: { ...made, ...annotations }, managedFields };
    return editedIn(["demo"], readerOf({ [deployments]: { items: [{ metadata }] }, ...autoscalers(name) }));
  };

  test("are no edit when somebody scales them: an up says nothing and changes nothing", async () => {
    expect(await scaled("api")).toEqual([]);
    // The mark of an earlier edit stays as it is.
    expect(await scaled("api", replicas, { "runsheet/edit-taken-back": time(2) })).toMatchObject([
      { when: time(2), fields: [] },
    ]);
  });

  test("are one of another Deployment, and do not hide other edits", async () => {
    expect(await scaled("other")).toMatchObject([{ fields: [{ path: "spec.replicas" }] }]);
    const both = { "f:spec": { "f:replicas": {}, "f:minReadySeconds": {} } };
    expect(await scaled("api", both)).toMatchObject([{ fields: [{ path: "spec.minReadySeconds" }] }]);
  });
});

test("all kinds are looked for in every namespace; only autoscalers are read whole", async () => {
  const asked: unknown[][] = [];
  const read: Read = <Found>(...each: unknown[]) => {
    asked.push(each);
    return Promise.resolve(undefined as Found | undefined);
  };
  expect(await editedIn(["a", "b"], read)).toEqual([]);
  expect(asked).toHaveLength(lookedAtKinds.length * 2);
  expect(asked).toContainEqual(["/api/v1/namespaces/b/secrets", "metadata"]);
  const whole = asked.filter(([, form]) => form !== "metadata").map(([path]) => path);
  expect(whole).toEqual(["a", "b"].map((name) => `/apis/autoscaling/v2/namespaces/${name}/horizontalpodautoscalers`));
});

test("a list that may not be read is an error", () =>
  expect(editedIn(["demo"], () => Promise.reject(new Error("forbidden")))).rejects.toThrow("forbidden"));

test.each([
  ["apps/v1", "Deployment", true],
  ["v1", "Secret", true],
  ["postgresql.cnpg.io/v1", "Cluster", true],
  ["v1", "Namespace", false],
  ["apps/v1", "Secret", false],
  ["rbac.authorization.k8s.io/v1", "ClusterRole", false],
])("%s %s is looked at: %p", (apiVersion, kind, is) => expect(isTakenBack(apiVersion, kind)).toBe(is));

describe("the transformation", () => {
  const metadata = { name: "api", namespace: "demo" };
  const object: Edited = {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata, when: time(2) },
    fields: [{ path: "spec.paused", manager: "kubectl-edit" }],
  };
  const type = "kubernetes:apps/v1:Deployment";
  const applied = provider(replicas);
  const status = owner("kube-controller-manager", { "f:status": {} }, { subresource: "status" });
  const connect = jest.fn<Promise<{ read: Read; patch: Patch }>, []>();
  const found = jest.fn<void, [Edited]>();

  beforeAll(() => void collectResources());
  afterAll(settled);
  beforeEach(() => {
    connect.mockReset();
    found.mockReset();
  });

  const transformed = (objects: readonly Edited[], of: object, type_ = type) =>
    takingBack(
      objects,
      connect,
      found,
    )({
      ...{ type: type_, name: "api", props: { apiVersion: "apps/v1", kind: "Deployment", metadata: of } },
      ...{ opts: {}, resource: {} as pulumi.Resource },
    });
  const annotations = (of: object) =>
    new Promise((resolve) => {
      const { metadata: given } = transformed([object], of)!.props as {
        metadata: pulumi.Output<{ annotations?: object }>;
      };
      given.apply(({ annotations: all }) => resolve(all));
    });

  test("marks the object, so that Pulumi applies it", async () =>
    expect(await annotations({ ...metadata, annotations: { other: "1" } })).toEqual({
      ...{ other: "1", "runsheet/edit-taken-back": time(2) },
    }));

  test("tells an edited object that the program declares, and no other", async () => {
    await annotations({ name: "other", namespace: "demo" });
    expect(found).not.toHaveBeenCalled();
    await annotations(metadata);
    expect(found.mock.calls).toEqual([[object]]);
  });

  test("leaves other objects of the kind, and other kinds, as they are", async () => {
    expect(await annotations({ name: "other", namespace: "demo" })).toBeUndefined();
    expect(transformed([object], metadata, "kubernetes:core/v1:Secret")).toBeUndefined();
    expect(transformed([], metadata)).toBeUndefined();
  });

  /** Owners that the hook writes for an object with these. Undefined if it writes nothing. */
  async function taken(
    owners: readonly FieldOwner[],
    declared: object = {},
    objects: readonly Edited[] = [object],
  ): Promise<unknown> {
    const patched: { value: unknown }[][] = [];
    connect.mockResolvedValue({
      read: readerOf({ [`${deployments}/api`]: { metadata: { managedFields: owners, resourceVersion: "1" } } }),
      patch: <Result>(_: string, __: string, body: object) => {
        patched.push(body as { value: unknown }[]);
        return Promise.resolve({} as Result);
      },
    });
    const { hooks } = transformed(objects, metadata)!.opts as pulumi.CustomResourceOptions;
    const [hook] = hooks!.beforeUpdate as pulumi.ResourceHook[];
    const newInputs = { apiVersion: "apps/v1", kind: "Deployment", metadata, ...declared };
    await hook!.callback({ newInputs } as unknown as pulumi.ResourceHookArgs);
    return patched[0]?.[0]?.value;
  }

  const given = (fieldsV1: object) => ({ ...applied, apiVersion: "apps/v1", fieldsV1 });

  test("gives people's fields to the provider before the update, which then removes them", async () =>
    expect(await taken([applied, owner("kubectl-edit", paused), status], { spec: { replicas: 2 } })).toEqual([
      status,
      given({ "f:spec": { "f:replicas": {}, "f:paused": {} } }),
    ]));

  test("leaves the fields of another tool's controller to it", async () => {
    const other = owner("terraform", { "f:spec": { "f:minReadySeconds": {} } });
    expect(await taken([applied, other, owner("kubectl-edit", paused)], { spec: { replicas: 2 } })).toEqual([
      other,
      given({ "f:spec": { "f:replicas": {}, "f:paused": {} } }),
    ]);
  });

  test("leaves the number of pods where an autoscaler has it", async () =>
    expect(await taken([provider(paused), owner("kubectl", replicas, { subresource: "scale" })])).toEqual([
      given({ "f:spec": { "f:paused": {} } }),
    ]));

  test("writes nothing for an object that the provider never applied", async () =>
    expect(await taken([owner("kubectl-edit", paused)])).toBeUndefined());

  test("does not even connect for edits that were taken back before, or other objects", async () => {
    expect(await taken([applied], {}, [{ ...object, fields: [] }])).toBeUndefined();
    expect(await taken([applied], { metadata: { name: "other", namespace: "demo" } })).toBeUndefined();
    expect(connect).not.toHaveBeenCalled();
  });
});
