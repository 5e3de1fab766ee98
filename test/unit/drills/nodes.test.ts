/** Nodes that are lost: a zone if there are more, and never all. */
import type { Kubectl } from "../../../drills/kubectl";
import { givenBack, lose, lostWith, nodesOf } from "../../../drills/nodes";
import { zoneLoss } from "../../../drills/scenarios/zone-loss";
import type { DrilledStack } from "../../../drills/stack";
import { StackSettings } from "../../../drills/stack-settings";

const node = (name: string, zone?: string, unschedulable?: boolean) => ({
  metadata: { name, labels: zone === undefined ? {} : { "topology.kubernetes.io/zone": zone } },
  spec: { unschedulable },
});
function cluster(...items: object[]) {
  const done: string[] = [];
  const run = (...args: string[]) => {
    done.push(args.join(" "));
    return Promise.resolve(args[0] === "get" ? JSON.stringify({ items }) : "");
  };
  return { done, kubectl: { run } as unknown as Kubectl };
}

test("nodes that take no pods do not count", async () =>
  expect(await nodesOf(cluster(node("a", "1"), node("b"), node("c", "1", true)).kubectl)).toEqual([
    { name: "a", zone: "1" },
    { name: "b" },
  ]));

test.each([
  [
    ["1", "1", "2"],
    ["a", "b"],
  ],
  [["1", "2", "2"], ["a"]],
  [["1", "1", "1"], ["a"]],
  [[undefined, undefined], ["a"]],
])("with the zones %j the first node takes %j with it", (zones, lost) =>
  expect(
    lostWith(
      "a",
      zones.map((zone, index) => ({ name: "abc"[index]!, zone })),
    ),
  ).toEqual(lost),
);

test("a node that takes no pods cannot be lost", () =>
  expect(() => lostWith("z", [{ name: "a" }])).toThrow(
    "the node z takes no pods: uncordon it, then run the drill again",
  ));

const pod = (name: string, labels?: object) => ({ metadata: { name, labels }, spec: {} });

test("pods of the stack's systems are ended at once, and no others", async () => {
  const { done, kubectl } = cluster(
    pod("prism-postgresql-1", { "cnpg.io/cluster": "prism-postgresql" }),
    pod("web-7d", { "app.kubernetes.io/part-of": "prism" }),
    pod("billing-0", { "app.kubernetes.io/part-of": "billing" }),
    pod("prismatic-0"),
  );
  await lose(kubectl, ["a"], [{ system: "prism", namespace: "production" }]);
  expect(done).toEqual([
    "cordon a",
    "get pods -n production --field-selector=spec.nodeName=a -o json",
    "delete -n production pod/prism-postgresql-1 pod/web-7d --ignore-not-found --grace-period=0 --force --wait=false",
  ]);
});

test("a node without pods of the stack loses none", async () => {
  const { done, kubectl } = cluster(pod("billing-0"));
  await lose(kubectl, ["a", "b"], [{ system: "prism", namespace: "production" }]);
  expect(done.filter((line) => line.startsWith("delete"))).toEqual([]);
});

test("nodes are given back", async () => {
  const { done, kubectl } = cluster();
  expect(await givenBack(kubectl, ["a", "b"])).toBe("The nodes take pods again.");
  expect(done).toEqual(["uncordon a b"]);
});

test("nodes that cannot be given back are named", async () => {
  const kubectl = { run: () => Promise.reject(new Error("refused")) } as unknown as Kubectl;
  expect(await givenBack(kubectl, ["a", "b"])).toBe("The nodes take no pods: kubectl uncordon a b (refused)");
});

const settings = (config: Readonly<Record<string, unknown>>) => new StackSettings("staging", { config });

test("a cluster of one node is refused", async () => {
  const stack = settings({}) as DrilledStack;
  const reasonIn = ({ kubectl }: ReturnType<typeof cluster>) => zoneLoss.unfitCluster!({ kubectl, stack }, "prism", {});
  expect(await reasonIn(cluster(node("a")))).toBe(
    "zone-loss needs two nodes or more, and the cluster of staging has 1 that takes pods: add one",
  );
  expect(await reasonIn(cluster(node("a"), node("b")))).toBeUndefined();
});

test("a database of one server is refused", () => {
  expect(zoneLoss.unsuitable!(settings({ "prism:postgres": { engine: "cloudnativepg" } }), "prism")).toBe(
    "the database of prism has one server, which nothing replaces while its node is away: set prism:postgres.instances to 3",
  );
  expect(zoneLoss.unsuitable!(settings({ "prism:postgres": { instances: 2 } }), "prism")).toBeUndefined();
});
