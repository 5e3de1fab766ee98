/** Objects that a refresh has found changed, and what an `up` does about them. */
import { authorsOf, driftedObjects, edit } from "../../../drift/objects";
import { change, owner, provider } from "./changes";

const time = "2026-12-01T10:00:00Z";
const replicas = { "f:spec": { "f:replicas": {} } };
const where = { system: "demo", step: "backend" };

test("what is as it was, a component and Pulumi's own are no drift", () =>
  expect(
    driftedObjects([
      change({ owners: [provider(replicas)] }),
      change({ custom: false, paths: ["spec"] }),
      change({ type: "pulumi:providers:kubernetes", paths: ["context"] }),
    ]),
  ).toEqual([]));

test("a changed field has both values and who wrote it last", () =>
  expect(
    driftedObjects([
      change({
        paths: ["spec.replicas"],
        from: { spec: { replicas: 2 } },
        to: { spec: { replicas: 3 } },
        owners: [provider({}), owner("kubectl", replicas, { subresource: "scale" })],
      }),
    ]),
  ).toEqual([
    {
      ...{ what: "changed", ...where, kind: "Deployment", name: "demo/demo-api" },
      fields: [{ path: "spec.replicas", from: "2", to: "3" }],
      by: [{ manager: "kubectl" }],
      up: "up takes it back",
    },
  ]));

test("a field that was only added is found by its owner", () => {
  const env = { 'k:{"name":"DEBUG"}': { ".": {}, "f:name": {}, "f:value": {} } };
  const added = { "f:spec": { "f:containers": { 'k:{"name":"main"}': { "f:env": env } } } };
  const [finding] = driftedObjects([
    change({ owners: [provider({}), owner("kubectl-set", added, { time })], to: { spec: { containers: [] } } }),
  ]);
  expect(finding).toMatchObject({
    fields: [{ path: "spec.containers[main].env[DEBUG]" }],
    by: [{ manager: "kubectl-set", time }],
    up: "up takes it back",
  });
});

test("a part of a field that is named already is not named again", () => {
  const [finding] = driftedObjects([
    change({ paths: ["spec.ingress", "spec.ingress[0].from", "spec.ingressClassName"], to: { spec: {} } }),
  ]);
  expect(finding!.fields.map(({ path }) => path)).toEqual(["spec.ingress", "spec.ingressClassName"]);
});

test.each(["data.password", "stringData.password", "metadata.annotations.hint"])(
  "no value of a Secret is shown: %s",
  (path) => {
    const [finding] = driftedObjects([
      change({
        ...{ type: "kubernetes:core/v1:Secret", paths: [path] },
        from: {
          data: { password: "b2xk" },
          stringData: { password: "old" },
          metadata: { annotations: { hint: "old" } },
        },
        to: { data: { password: "bmV3" }, stringData: { password: "new" }, metadata: { annotations: { hint: "new" } } },
      }),
    ]);
    expect(finding!.fields).toEqual([{ path }]);
  },
);

test("a removed field has no author, and a plain up does not see it", () =>
  expect(driftedObjects([change({ paths: ["spec.replicas"], from: { spec: { replicas: 2 } }, to: {} })])).toEqual([
    {
      ...{ what: "changed", ...where, kind: "Deployment", name: "demo/demo-api" },
      fields: [{ path: "spec.replicas", from: "2" }],
      ...{ by: [], up: "up alone does not see it; up --refresh takes it back" },
    },
  ]));

describe("a volume that was enlarged by hand", () => {
  const enlarged = (type: string, path: string, spec: (size: string) => object) =>
    driftedObjects([
      change({ type, paths: [path], from: { spec: spec("10Gi") }, to: { spec: spec("20Gi") }, owners: [provider({})] }),
    ])[0]!;

  test("keeps its size in the next up", () =>
    expect(
      enlarged("kubernetes:core/v1:PersistentVolumeClaim", "spec.resources.requests.storage", (storage) => ({
        resources: { requests: { storage } },
      })),
    ).toMatchObject({
      fields: [{ path: "spec.resources.requests.storage", from: "10Gi", to: "20Gi" }],
      up: "up keeps the size, for a volume cannot shrink: set 20Gi in the configuration",
    }));

  test.each(["storage", "walStorage"])("is a database's %s, which stops the next up before it begins", (key) =>
    expect(
      enlarged("kubernetes:postgresql.cnpg.io/v1:Cluster", `spec.${key}.size`, (size) => ({ [key]: { size } })).up,
    ).toBe(
      `up changes nothing before the size is configured, for a volume cannot shrink: set demo:postgres.${key} to 20Gi`,
    ),
  );
});

describe("pods that an autoscaler counts", () => {
  const autoscaler = change({
    ...{ type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", name: "scaler" },
    from: { spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "demo-api" } } },
  });
  const scaled = (to: number, more: object = {}) =>
    change({
      ...{ from: { spec: { replicas: 2 } }, to: { spec: { replicas: to } } },
      owners: [provider({}), owner("kubectl", replicas, { subresource: "scale" })],
      ...more,
    });

  test("are no drift when somebody scales them", () => expect(driftedObjects([autoscaler, scaled(4)])).toEqual([]));

  test("are drift of another Deployment, another namespace, or without the autoscaler", () => {
    expect(driftedObjects([autoscaler, scaled(4, { name: "other" })])).toHaveLength(1);
    expect(driftedObjects([autoscaler, scaled(4, { namespace: "other" })])).toHaveLength(1);
    expect(driftedObjects([{ ...autoscaler, operation: "delete", after: undefined }, scaled(4)])).toMatchObject([
      { what: "deleted" },
      { what: "changed", fields: [{ path: "spec.replicas", from: "2", to: "4" }] },
    ]);
  });

  test("do not hide what else was changed", () => {
    const both = owner("kubectl-edit", { "f:spec": { "f:replicas": {}, "f:paused": {} } });
    expect(driftedObjects([autoscaler, scaled(4, { owners: [provider({}), both] })])).toMatchObject([
      { fields: [{ path: "spec.paused" }], up: "up takes it back" },
    ]);
  });

  test("are drift when somebody stopped them: no autoscaler starts them again", () =>
    expect(driftedObjects([autoscaler, scaled(0)])).toMatchObject([
      {
        fields: [{ path: "spec.replicas", from: "2", to: "0" }],
        by: [{ manager: "kubectl" }],
        up: "up leaves the number of pods to the autoscaler, which does nothing at 0: kubectl scale deployment -n demo demo-api --replicas=1",
      },
    ]));
});

describe("what no up takes back", () => {
  const added = { "f:metadata": { "f:labels": { "f:team": {} } } };

  test("a label that somebody added to a Namespace, with the command", () =>
    expect(
      driftedObjects([
        change({
          ...{ type: "kubernetes:core/v1:Namespace", name: "demo", namespace: "", step: "environment" },
          owners: [provider({}), owner("kubectl-label", added)],
        }),
      ])[0],
    ).toMatchObject({ name: "demo", up: "up leaves what was added to a Namespace: kubectl edit namespace demo" }));

  test("what another tool has set in the spec", () =>
    expect(
      driftedObjects([change({ owners: [provider({}), owner("terraform", { "f:spec": { "f:paused": {} } })] })])[0],
    ).toMatchObject({
      fields: [{ path: "spec.paused" }],
      up: "up leaves it, for it belongs to terraform: take it back there",
    }));

  test("what a restore stopped and started again is no drift", () => {
    const suspend = owner("runsheet-restore", { "f:spec": { "f:suspend": {} } });
    expect(driftedObjects([change({ owners: [provider({}), suspend] })])).toEqual([]);
  });

  test("the marks of a controller are no drift", () => {
    const marks = {
      "f:metadata": { "f:finalizers": { 'v:"service.k8s.aws/resources"': {} }, "f:annotations": { "f:a/b": {} } },
    };
    expect(driftedObjects([change({ owners: [provider({}), owner("controller", marks)] })])).toEqual([]);
  });
});

test.each([
  ["kubernetes:batch/v1:Job", "Job", "runs it again"],
  ["kubernetes:core/v1:ConfigMap", "ConfigMap", "makes it again"],
  ["kubernetes:core/v1:PersistentVolumeClaim", "PersistentVolumeClaim", "makes it again, empty"],
  ["kubernetes:postgresql.cnpg.io/v1:Cluster", "Cluster", "makes it again, empty"],
])("of a deleted %s it is said whether its content comes back", (type, kind, again) =>
  expect(driftedObjects([change({ type, operation: "delete" })])).toEqual([
    {
      ...{ what: "deleted", ...where, kind, name: "demo/demo-api", fields: [], by: [] },
      up: `up alone does not see it; up --refresh ${again}`,
    },
  ]),
);

test("a resource that is not Kubernetes' has its own name, and no author", () => {
  const role = { type: "postgresql:index/role:Role", name: "demo-app", namespace: "", paths: ["login", "password"] };
  const mark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "[secret]" };
  const from = { metadata: undefined, login: true, password: mark };
  expect(
    driftedObjects([
      change({ ...role, system: undefined, step: undefined, from, to: { ...from, login: false, password: "by hand" } }),
    ]),
  ).toEqual([
    {
      ...{ what: "changed", kind: "Role", name: "demo-app" },
      fields: [{ path: "login", from: "true", to: "false" }, { path: "password" }],
      ...{ by: [], up: "up alone does not see it; up --refresh takes it back" },
    },
  ]);
});

test("an author is named once, with the last time, in the order of the times", () =>
  expect(
    authorsOf([
      { manager: "kubectl-edit", time: "2026-12-01T10:00:00Z" },
      { manager: "kubectl-edit", time: "2026-12-01T09:00:00Z" },
      { manager: "kubectl" },
    ]),
  ).toEqual([{ manager: "kubectl" }, { manager: "kubectl-edit", time: "2026-12-01T10:00:00Z" }]));

test("the command to edit an object has its namespace, if it is in one", () => {
  expect(edit("NetworkPolicy", "demo/entrance")).toBe("kubectl edit networkpolicy -n demo entrance");
  expect(edit("CustomResourceDefinition", "a.b")).toBe("kubectl edit customresourcedefinition a.b");
});
