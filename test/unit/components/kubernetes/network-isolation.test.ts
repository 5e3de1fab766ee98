import * as pulumi from "@pulumi/pulumi";
import { NetworkIsolation, type NetworkIsolationArgs } from "../../../../components/kubernetes/network-isolation";
import { collectResources, settled } from "../../../support/mocks";

const args: NetworkIsolationArgs = {
  namespace: "demo-ns",
  nameservers: ["169.254.20.10/32"],
  outside: pulumi.output({ ports: [8443, 443, 443], namespaces: ["traefik"] }),
  operations: { ports: [9000], namespaces: ["monitoring"] },
  application: ["demo-api", "demo-web"],
  silent: ["demo-redis"],
  openings: [],
};

async function policies(declare: () => unknown): Promise<Record<string, unknown>> {
  const resources = collectResources();
  declare();
  await settled();
  const found = resources.filter(({ type }) => type.endsWith(":NetworkPolicy"));
  return Object.fromEntries(found.map(({ name, inputs }) => [name, inputs.spec]));
}

const isolated = (changes: Partial<NetworkIsolationArgs> = {}) =>
  policies(() => new NetworkIsolation("demo", { ...args, ...changes }));

const namespaceNamed = (name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});
const tcp = (...ports: number[]) => ports.map((port) => ({ port, protocol: "TCP" }));
const noneOf = (...values: string[]) => ({
  matchExpressions: [{ key: "app.kubernetes.io/name", operator: "NotIn", values }],
});

test("every pod is cut off in both directions, but for the pods beside it", async () => {
  const found = await isolated();
  expect(found["demo-isolation"]).toEqual({
    podSelector: {},
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ podSelector: {} }] }],
  });
  expect(found["demo-no-egress"]).toEqual({ podSelector: {}, policyTypes: ["Egress"] });
});

const itselfAndDns = [
  { to: [{ podSelector: {} }] },
  {
    to: [
      { ...namespaceNamed("kube-system"), podSelector: { matchLabels: { "k8s-app": "kube-dns" } } },
      { ipBlock: { cidr: "169.254.20.10/32" } },
    ],
    ports: [{ port: 53, protocol: "UDP" }, ...tcp(53)],
  },
];
const everywhere = [...itselfAndDns, { to: [namespaceNamed("traefik")] }, { ports: tcp(443, 8443) }];

test("pods reach the cluster's DNS, no other, and ports that are named", async () =>
  expect((await isolated())["demo-egress"]).toEqual({
    podSelector: noneOf("demo-redis"),
    policyTypes: ["Egress"],
    egress: everywhere,
  }));

test("no port and no namespace is allowed where none is named", async () => {
  const none = { ports: [], namespaces: [] };
  const found = await isolated({ outside: pulumi.output(none), operations: none, silent: [] });
  const { egress, podSelector } = found["demo-egress"] as { egress: unknown[]; podSelector: unknown };
  expect(egress.length).toBe(2);
  expect(podSelector).toEqual({});
  expect((found["demo-operations"] as { egress: unknown[] }).egress).toEqual([
    ...itselfAndDns,
    { ports: tcp(443, 6443) },
  ]);
});

// Else the policy would cut them off from the rest until the one of all pods is there.
test("only databases and Jobs reach the API server, beside all that others reach", async () =>
  expect((await isolated())["demo-operations"]).toEqual({
    podSelector: noneOf("demo-redis", "demo-api", "demo-web"),
    policyTypes: ["Egress"],
    egress: [...everywhere, { to: [namespaceNamed("monitoring")] }, { ports: tcp(443, 6443, 9000) }],
  }));

const opening = {
  name: "demo-api-entrance",
  pods: { matchLabels: { app: "demo" } },
  from: [{ namespace: "web" }, { namespace: "monitoring", pods: { app: "prometheus" } }, { network: "10.0.0.0/16" }],
  ports: [3000, 9090, 3000],
};
const opened = {
  podSelector: { matchLabels: { app: "demo" } },
  policyTypes: ["Ingress"],
  ingress: [
    { from: [{ podSelector: {} }] },
    {
      from: [
        namespaceNamed("web"),
        { ...namespaceNamed("monitoring"), podSelector: { matchLabels: { app: "prometheus" } } },
        { ipBlock: { cidr: "10.0.0.0/16" } },
      ],
      ports: tcp(3000, 9090),
    },
  ],
};

test("others reach the pods and ports that are open to them, and nothing else", async () => {
  const found = await isolated({ openings: [opening] });
  const always = ["demo-egress", "demo-isolation", "demo-no-egress", "demo-operations"];
  expect(Object.keys(found).sort()).toEqual(["demo-api-entrance", ...always]);
  expect(found["demo-api-entrance"]).toEqual(opened);
});

test("what refuses waits for all that allows, so that a live namespace loses nothing", async () => {
  collectResources();
  const waits: Record<string, Promise<string[]>> = {};
  const record: pulumi.ResourceTransformation = ({ name, opts }) => {
    const { dependsOn = [] } = opts as { dependsOn?: pulumi.Resource[] };
    waits[name] = Promise.all(dependsOn.map(({ urn }) => nameOf(urn)));
    return undefined;
  };
  new NetworkIsolation("demo", { ...args, openings: [opening] }, { transformations: [record] });
  await settled();
  const allowing = ["demo-operations", "demo-egress", "demo-api-entrance"];
  const waited = await Promise.all(Object.entries(waits).map(async ([name, names]) => [name, await names] as const));
  expect(Object.fromEntries(waited)).toEqual({
    demo: [],
    "demo-operations": [],
    "demo-egress": ["demo-operations"],
    "demo-api-entrance": [],
    "demo-isolation": allowing,
    "demo-no-egress": allowing,
  });
});

const nameOf = (urn: pulumi.Output<string>) =>
  new Promise<string>((resolve) => void urn.apply((text) => resolve(text.split("::").at(-1)!)));

test("what is made in the namespace waits for all of its policies", async () => {
  collectResources();
  const { namespace } = new NetworkIsolation("demo", { ...args, openings: [opening] });
  const { allResources } = namespace as unknown as { allResources: () => Promise<Set<pulumi.Resource>> };
  const names = [...(await allResources.call(namespace))].map(({ urn }) => urn);
  expect((await Promise.all(names.map((urn) => new Promise<string>((resolve) => urn.apply(resolve))))).sort()).toEqual(
    expect.arrayContaining(
      ["isolation", "no-egress", "egress", "operations", "api-entrance"].map(
        (suffix) => expect.stringMatching(new RegExp(`::demo-${suffix}$`)) as string,
      ),
    ),
  );
  expect(await new Promise((resolve) => namespace.apply(resolve))).toBe("demo-ns");
});
