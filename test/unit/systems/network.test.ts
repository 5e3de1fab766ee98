/** Network policies of the systems' namespaces, as the local stack has them. */
import * as pulumi from "@pulumi/pulumi";
import { isSelected, type Selector } from "../../../components/kubernetes/selector";
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { parentOf, registeredUrns } from "../../support/mocks";
import { runProgram, type RegisteredProgram } from "../../support/program";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () =>
    Promise.resolve(readerOf({ ...emptyCluster, "/api/v1/namespaces/shared": { metadata: { name: "shared" } } })),
}));

const warned = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
const isOfPorts = (text: string) => text.includes("an address without a port");

let program: RegisteredProgram;
let urns: readonly string[];
beforeAll(async () => {
  program = await runProgram(
    {
      "runsheet:prometheus": { url: "http://prometheus-server.monitoring" },
      "runsheet:backups": { bucket: "runsheet", endpoint: "http://10.213.0.2:9000" },
      "prism:ingress": { host: "prism.example", clusterIssuer: "letsencrypt", controllerNamespace: "kube-system" },
      "prism:publicUrl": "https://prism.example:8443",
      "prism:network": { from: ["web", { namespace: "monitoring", pods: { app: "prometheus" } }, "10.0.0.0/16"] },
      "prism:workloads": { "prism-api": { metrics: { port: 9100 } } },
      "prism:postgres": { engine: "cloudnativepg", podMonitor: true },
      "omniops:namespace": { name: "shared", create: false },
      "omniops:network": {},
      "mued:network": { outside: [], dns: ["172.20.0.10/32"], operator: "operators" },
      "mued:postgres": { engine: "external", host: "db.databases.svc", port: 5433 },
      "mued:baseline": false,
      "pm:postgres": { engine: "existing" },
      "pm:baseline": false,
      "pm:maintenance": { url: "pm-backend" },
      "pm:checks": {
        "the graph answers": { tcp: "graph.example.com:7688" },
        "the cache answers": { tcp: "cache.shared:6379" },
      },
      "pm:workloads": {
        "pm-backend": {
          deployment: "backend",
          selector: { app: "pm", tier: "backend" },
          environment: { QUEUE: "amqp://queue.example.com", BUS: "bus://one.example.com,two.example.com" },
          secrets: { CHAT: "chatUrl" },
        },
      },
    },
    {
      "mued:postgresAdminPassword": "secret",
      "pm:databaseUrl": "postgresql://app:pw@pooler.example.com:6543/pm",
      "pm:databaseDirectUrl": "postgresql://app:pw@db.example.com/pm",
      "pm:chatUrl": "bus://app:secret@chat.example.com",
      "pm:slackWebhookUrl": "http://10.213.0.2:8085/services",
    },
  );
  urns = registeredUrns();
});

interface Rule {
  readonly from?: readonly object[];
  readonly to?: readonly { readonly namespaceSelector?: object; readonly podSelector?: object }[];
  readonly ports?: readonly { readonly port: number }[];
}
interface Policy {
  readonly podSelector: Selector;
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

const policy = (name: string) => program.inputs("NetworkPolicy", name).spec as unknown as Policy;
const namespaceNamed = (name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});
const portsOf = ({ ports = [] }: Rule) => ports.map(({ port }) => port);
/** Ports to which the pods may connect anywhere, and namespaces to which they may at every port. */
const destinations = (name: string) => {
  const { egress = [] } = policy(name);
  return {
    ports: [...new Set(egress.filter(({ to }) => !to).flatMap(portsOf))].sort((one, other) => one - other),
    namespaces: egress.filter(({ ports }) => !ports).flatMap(({ to }) => to!.filter((peer) => peer.namespaceSelector)),
  };
};
const isolated = ["prism", "mued", "pm", "ai-backend"];

test("every namespace that the stack makes has policies, and one of others has none", () => {
  const all = [
    ...isolated.flatMap((name) => ["isolation", "no-egress", "egress", "operations"].map((each) => `${name}-${each}`)),
    ...["prism-operator", "prism-certificate", "prism-database-metrics", "ai-backend-operator", "ai-backend-entrance"],
    ...["prism-api", "prism-model-training", "prism-monthly-insights", "prism-functions"].map(
      (each) => `${each}-entrance`,
    ),
    ...["pm-backend-entrance", "pm-frontend-entrance"],
  ];
  expect(program.names("NetworkPolicy").sort()).toEqual(all.sort());
});

test.each(isolated)("by default nobody reaches the pods of %s, and they reach nobody", (name) => {
  expect(program.inputs("NetworkPolicy", `${name}-isolation`).metadata).toMatchObject({
    name: `${name}-isolation`,
    namespace: name,
  });
  expect(policy(`${name}-isolation`)).toEqual({
    podSelector: {},
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ podSelector: {} }] }],
  });
  expect(policy(`${name}-no-egress`)).toEqual({ podSelector: {}, policyTypes: ["Egress"] });
});

test.each([
  ["prism", [443, 8443], ["kube-system"]],
  ["mued", [5433], ["databases"]],
  ["pm", [443, 5432, 5672, 6379, 6543, 7687, 7688, 8085], ["shared"]],
  ["ai-backend", [443], []],
])("pods of %s reach the ports of the addresses that are configured", (name, ports, namespaces) =>
  expect(destinations(`${name}-egress`)).toEqual({ ports, namespaces: namespaces.map(namespaceNamed) }),
);

test("a port that is not known is warned of once for each key, without the address", () =>
  expect(warned.mock.calls.map(([text]) => text).filter(isOfPorts)).toEqual(
    ["workloads.pm-backend.environment.BUS", "chatUrl"].map(
      (key) =>
        `pm:${key} is an address without a port, and its scheme has no usual one that Runsheet knows, so the network ` +
        "policies refuse it unless its port is in pm:network.outside; add it to the address, as in HOST:PORT, or there",
    ),
  ));

test.each(isolated)("databases and Jobs of %s also reach the API server, the store and Prometheus", (name) => {
  const all = destinations(`${name}-egress`);
  expect(destinations(`${name}-operations`)).toEqual({
    ports: [...new Set([...all.ports, 80, 443, 6443, 9000])].sort((one, other) => one - other),
    namespaces: [...all.namespaces, namespaceNamed("monitoring")],
  });
});

test.each([
  ["prism", "169.254.20.10/32"],
  ["mued", "172.20.0.10/32"],
])("%s asks no other nameserver than the cluster's", (name, cidr) => {
  const rules = policy(`${name}-egress`).egress!.filter((rule) => portsOf(rule).includes(53));
  expect(rules).toEqual([
    {
      to: [
        { ...namespaceNamed("kube-system"), podSelector: { matchLabels: { "k8s-app": "kube-dns" } } },
        { ipBlock: { cidr } },
      ],
      ports: [
        { port: 53, protocol: "UDP" },
        { port: 53, protocol: "TCP" },
      ],
    },
  ]);
});

test("Redis connects to nobody, and an application not to the API server", () => {
  const selects = (name: string, pod: string) =>
    isSelected({ "app.kubernetes.io/name": pod }, policy(name).podSelector);
  for (const [pod, egress, operations] of [
    ["pm-redis", false, false],
    ["pm-dump", true, true],
  ] as const) {
    expect([pod, selects("pm-egress", pod), selects("pm-operations", pod)]).toEqual([pod, egress, operations]);
  }
  const server = { "cnpg.io/cluster": "prism-postgresql" };
  expect(isSelected(server, policy("prism-operations").podSelector)).toBe(true);
});

test.each(["pm-backend", "pm-frontend", "prism-api"])("%s never reaches the API server, whatever its names", (name) => {
  const [system] = name.split("-");
  const { labels } = program.inputs("Deployment", name).spec.template.metadata;
  const selected = ["egress", "operations"].map((each) => isSelected(labels, policy(`${system}-${each}`).podSelector));
  expect(selected).toEqual([true, false]);
});

test("only the operator reaches a database from outside, at the ports that it needs", () => {
  const servers = { matchExpressions: [{ key: "cnpg.io/cluster", operator: "Exists" }] };
  expect(policy("prism-operator")).toEqual({
    podSelector: servers,
    policyTypes: ["Ingress"],
    ingress: [
      { from: [{ podSelector: {} }] },
      {
        from: [namespaceNamed("cnpg-system")],
        ports: [
          { port: 5432, protocol: "TCP" },
          { port: 8000, protocol: "TCP" },
        ],
      },
    ],
  });
  expect(policy("prism-database-metrics")).toMatchObject({
    podSelector: servers,
    ingress: [{ from: [{ podSelector: {} }] }, { ports: [{ port: 9187 }] }],
  });
  const opened = program.names("NetworkPolicy").filter((name) => policy(name).ingress?.some(({ ports }) => ports));
  const reaching = opened.filter((name) =>
    isSelected({ "app.kubernetes.io/name": "prism-redis" }, policy(name).podSelector),
  );
  expect(reaching).toEqual([]);
});

const entrance = (name: string) => {
  const { podSelector, ingress } = policy(name);
  return {
    pods: podSelector.matchLabels,
    ports: ingress!.flatMap(portsOf),
    from: ingress!.filter(({ ports }) => ports).flatMap(({ from }) => from),
  };
};

test("clients, Prometheus and the ingress controller reach the ports of the workloads", () => {
  const from = [
    namespaceNamed("web"),
    { ...namespaceNamed("monitoring"), podSelector: { matchLabels: { app: "prometheus" } } },
    { ipBlock: { cidr: "10.0.0.0/16" } },
    namespaceNamed("kube-system"),
  ];
  expect(entrance("prism-api-entrance")).toEqual({
    pods: { "app.kubernetes.io/name": "prism-api" },
    ports: [3000, 9100],
    from,
  });
  expect(entrance("ai-backend-entrance")).toEqual({
    pods: { "app.kubernetes.io/name": "ai-backend" },
    ports: [8000],
    from: [namespaceNamed("default")],
  });
});

test("cert-manager's proof by HTTP is reached by the ingress controller", () =>
  expect(entrance("prism-certificate")).toEqual({
    pods: { "acme.cert-manager.io/http01-solver": "true" },
    ports: [8089],
    from: [namespaceNamed("kube-system")],
  }));

test("the AI Backend lets others in from the beginning, and its guide's step is there", () => {
  const step = urns.find((urn) => urn.endsWith("::ai-backend-network"))!;
  expect(urns.filter((urn) => parentOf(urn) === step)).toEqual([]);
  const [of, isolation] = ["entrance", "isolation"].map((each) =>
    parentOf(urns.find((urn) => urn.endsWith(`:NetworkPolicy::ai-backend-${each}`))!),
  );
  expect(of).toBe(isolation);
  expect(program.stepsOf("ai-backend").slice(0, 4)).toEqual([
    "environment",
    "live-database",
    "network",
    "prerequisites",
  ]);
});

test("a policy of earlier versions keeps its URN, or it would be deleted by name", () => {
  const types = ["AiBackend", "Runbook", "Step", "NetworkIsolation"].map((name) => `runsheet:index:${name}`).join("$");
  expect(urns).toContain(
    `urn:pulumi:local::runsheet::${types}$kubernetes:networking.k8s.io/v1:NetworkPolicy::ai-backend-entrance`,
  );
});
