/** The key `network` of a system's configuration. */
import * as pulumi from "@pulumi/pulumi";
import { peersOf } from "../../../components/system/network-settings";
import { readConfiguration } from "../../../stack/config";
import { collectResources } from "../../support/mocks";
import { smallestStack } from "../../support/smallest-stack";

const stack = smallestStack("mued");

beforeEach(() => void collectResources());

const read = (keys: Readonly<Record<string, object>>) => readAll(keys).network;

function readAll(keys: Readonly<Record<string, object>>) {
  const written = Object.entries(keys).map(([key, value]) => [`mued:${key}`, JSON.stringify(value)] as const);
  pulumi.runtime.setAllConfig({ ...stack, ...Object.fromEntries(written) });
  return readConfiguration().systems[0]!.settings;
}

test("by default nobody is let in, and 443 leads out", () =>
  expect(read({})).toEqual({ from: [], outside: [443], dns: ["169.254.20.10/32"], operator: "cnpg-system" }));

test("the networks of nodes are let in, for a controller on the nodes' own network", () => {
  const from = ["10.0.0.0/16", "192.168.7.9/32", "fd00::/64"];
  const { network } = readAll({ network: { from }, ingress: { ...nginx, controllerNamespace: "ingress-nginx" } });
  expect(peersOf(network)).toEqual(from.map((each) => ({ network: each })));
});

test("namespaces, some of their pods, and networks are let in", () => {
  const from = ["web", "10.0.0.0/16", "2001:db8::/32", { namespace: "monitoring", pods: { app: "prometheus" } }];
  expect(read({ network: { from } }).from).toEqual(from);
});

const peer =
  "it must be the name of a namespace, such as web, a network, such as 10.0.0.0/16, or { namespace: NAME, pods: LABELS }";
const nginx = { host: "mued.example", className: "nginx", tlsSecret: "certificate" };

test.each<[string, Record<string, object>, string]>([
  ["an address without a length", { network: { from: ["10.0.0.1"] } }, `mued:network.from[0] is "10.0.0.1"; ${peer}`],
  [
    "a network of no such length",
    { network: { from: ["10.0.0.0/99"] } },
    `mued:network.from[0] is "10.0.0.0/99"; ${peer}`,
  ],
  [
    "a name as nameserver",
    { network: { dns: ["kube-dns"] } },
    'mued:network.dns[0] is "kube-dns"; it must be a network, such as 169.254.20.10/32',
  ],
  [
    "another controller without its namespace",
    { ingress: nginx },
    "mued:ingress.controllerNamespace is missing; set it to the namespace of the controller of nginx, which the network " +
      "policies keep out otherwise",
  ],
  [
    "clients in a namespace of others",
    { namespace: { name: "shared", create: false }, network: { from: ["web"] } },
    "mued:network.from is set and namespace.create is false, and a namespace of others gets no network policies; remove it",
  ],
])("%s is refused", (_, keys, problem) => expect(() => read(keys)).toThrow(problem));

test("another controller needs its namespace only where there are policies", () => {
  expect(() => read({ ingress: { ...nginx, controllerNamespace: "ingress-nginx" } })).not.toThrow();
  expect(() => read({ ingress: nginx, namespace: { name: "shared", create: false } })).not.toThrow();
});
