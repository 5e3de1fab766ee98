/** Drills that continue: what protects is looked at again, before anything is destroyed. */
import type { Drill } from "../../../../drills/scenario";
import type { Kubectl } from "../../../../drills/kubectl";
import { lostCluster } from "../../../../drills/scenarios/lost-cluster";
import { zoneLoss } from "../../../../drills/scenarios/zone-loss";
import { Timeline, type Progress } from "../../../../drills/timeline";

const loss = "lose all of it (pulumi destroy)";
const proof = "prove that prism comes back: its log is stored, its newest backup restores";

/** Drill that goes on after some steps. The cluster answers by the first argument that it knows. */
function goingOn(
  results: Readonly<Record<string, unknown>>,
  answers: Readonly<Record<string, string>> = {},
  { begun = [], expectSamePlace = () => Promise.resolve() }: Pick<Progress, "begun"> & Partial<Drill> = {},
) {
  const done: string[] = [];
  const run = (...args: string[]) => {
    const said = args.join(" ");
    done.push(said);
    const answer = Object.entries(answers).find(([part]) => said.includes(part))?.[1];
    return answer === undefined ? Promise.reject(new Error(`not expected: ${said}`)) : Promise.resolve(answer);
  };
  const stack = {
    systems: ["prism"],
    namespace: (system: string) => system,
    destroy: () => Promise.resolve(void done.push("destroy")),
    up: () => Promise.resolve(void done.push("up")),
  };
  const timeline = new Timeline({ progress: { started: 0, steps: [], results, begun }, print: () => undefined });
  const kubectl = { run } as unknown as Kubectl;
  return { done, drill: { stack, kubectl, timeline, directory: "", expectSamePlace } as unknown as Drill };
}

const found = {
  "find the live databases": { prism: { live: "prism-postgresql", server: "prism-postgresql-1" } },
  [proof]: null,
  "write rows for 20 s in each": null,
  "read what was acknowledged": { disaster: 1, written: [[]] },
};
const another = () => Promise.reject(new Error("the context leads to another cluster"));

test("lost-cluster proves the way back again before it destroys", async () => {
  const { done, drill } = goingOn(found);
  await expect(lostCluster.run(drill, "stack")).rejects.toThrow(
    /^not expected: get clusters.postgresql.cnpg.io -n prism/,
  );
  expect(done).not.toContain("destroy");
});

test.each([
  ["destroyed", {}],
  ["built again", { [loss]: null }],
])("in another cluster nothing is %s", async (_, more) => {
  const { done, drill } = goingOn({ ...found, ...more }, {}, { begun: [loss], expectSamePlace: another });
  await expect(lostCluster.run(drill, "stack")).rejects.toThrow("the context leads to another cluster");
  expect(done).toEqual([]);
});

const ready = {
  "find the live database": { live: "prism-postgresql" },
  "find the primary's node": { primary: "prism-postgresql-1", lost: ["a"] },
  "write rows for 20 s, from another node": null,
};
const nodes = (...names: string[]) =>
  JSON.stringify({ items: names.map((name) => ({ metadata: { name }, spec: {} })) });

test.each([
  [nodes("a"), "a b", "no node but a takes pods: nothing could move. Add or uncordon one first"],
  [
    nodes("a", "b"),
    "a a",
    "every server of prism-postgresql is on a: none would be left. Spread them over nodes first",
  ],
])("zone-loss loses nothing if nothing would be left by now", async (cluster, servers, message) => {
  const { done, drill } = goingOn(ready, { "get nodes": cluster, "get pods": servers, uncordon: "" });
  await expect(zoneLoss.run(drill, "prism")).rejects.toThrow(`${message}\nThe nodes take pods again.`);
  expect(done.filter((line) => /^(cordon|delete)/.test(line))).toEqual([]);
});
