/** Things that a scenario takes away: they are given back when a step fails, and taken away once more later. */
import { sqitchSource } from "../../../../components/migrations";
import type { Drill } from "../../../../drills/scenario";
import type { Kubectl } from "../../../../drills/kubectl";
import { badMigration } from "../../../../drills/scenarios/bad-migration";
import { badRelease } from "../../../../drills/scenarios/bad-release";
import { objectStoreLost } from "../../../../drills/scenarios/object-store-lost";
import { zoneLoss } from "../../../../drills/scenarios/zone-loss";
import { StackSettings } from "../../../../drills/stack-settings";
import { systems } from "../../../../systems";
import { Timeline, type Progress } from "../../../../drills/timeline";

const settings = new StackSettings("staging", {
  config: {
    "runsheet:systems": ["prism"],
    "runsheet:backups": { bucket: "backups", region: "eu-west-1" },
    "prism:release": "5.0.0",
  },
});
const cluster = JSON.stringify({
  spec: { imageName: "postgresql:17", bootstrap: { initdb: { database: "prism", secret: { name: "prism-owner" } } } },
});

/** Drill that goes on after some steps, and in which a command of kubectl or an up fails. */
function goingOn(
  results: Readonly<Record<string, unknown>>,
  answers: Readonly<Record<string, string>>,
  up: (changes: object) => Promise<void> = () => Promise.resolve(),
) {
  const done: string[] = [];
  let saved: Progress | undefined;
  const run = (...args: string[]) => {
    const said = args.join(" ");
    done.push(said);
    const answer = Object.entries(answers).find(([part]) => said.includes(part))?.[1];
    if (answer !== undefined) return Promise.resolve(answer);
    if (/^get clusters/.test(said)) return Promise.resolve(cluster);
    if (/^(patch|cordon|uncordon|delete)/.test(said)) return Promise.resolve("");
    return Promise.reject(new Error(`refused: ${said}`));
  };
  const stack = Object.assign(Object.create(settings) as StackSettings, {
    up,
    upFails: () => Promise.reject(new Error("pulumi up succeeded, but should have failed")),
    live: () => Promise.resolve("prism-postgresql"),
    databases: () => Promise.resolve({ live: "prism-postgresql", server: "prism-postgresql-1" }),
  });
  const timeline = new Timeline({
    progress: { started: 0, steps: [], results },
    print: () => undefined,
    save: (now) => (saved = now),
  });
  const kubectl = { run } as unknown as Kubectl;
  const drill = { stack, kubectl, timeline, directory: "/nowhere", expectSamePlace: () => Promise.resolve() };
  return { done, drill: drill as unknown as Drill, results: () => saved!.results };
}

const address = (endpointURL: string) =>
  `patch -n prism objectstores.barmancloud.cnpg.io/prism-postgresql --type=merge --patch={"spec":{"configuration":{"endpointURL":"${endpointURL}"}}}`;
const live = { prism: { live: "prism-postgresql", server: "prism-postgresql-1" } };
const lost = { "find the live databases": live, "write rows for 20 s in each": null };

test("archives are led back when the drill fails, and later led away once more", async () => {
  const { done, drill, results } = goingOn(lost, {});
  await expect(objectStoreLost.run(drill, "stack")).rejects.toThrow(
    /^refused: get pods [^]*\nThe archives lead to the object store again\.$/,
  );
  expect(done.filter((line) => line.startsWith("patch"))).toEqual([
    address("http://127.0.0.1:9"),
    address("https://s3.eu-west-1.amazonaws.com"),
  ]);
  expect(results()).toEqual(lost);
});

test("they are led back as well if the up to the new place fails, which is tried again", async () => {
  const before = {
    ...lost,
    "the object store no longer answers": 1000,
    "archiving fails in each": { prism: 2000 },
    "write rows for 20 s more, and see how fast the log grows": { prism: { freeBytes: 1, bytesPerSecond: 1 } },
  };
  const { done, drill, results } = goingOn(before, {}, () => Promise.reject(new Error("pulumi up failed")));
  await expect(objectStoreLost.run(drill, "stack")).rejects.toThrow(
    "pulumi up failed\nThe archives lead to the object store again.",
  );
  expect(done).toEqual([address("https://s3.eu-west-1.amazonaws.com")]);
  expect(results()).toEqual(before);
});

test("zone-loss loses the nodes once more after it gave them back", async () => {
  const ready = {
    "find the live database": { live: "prism-postgresql" },
    "find the primary's node": { primary: "prism-postgresql-1", lost: ["a"] },
    "write rows for 20 s, from another node": null,
  };
  const { done, drill, results } = goingOn({ ...ready, "lose a": 1000 }, {});
  await expect(zoneLoss.run(drill, "prism")).rejects.toThrow(
    /^refused: wait deployment [^]*\nThe nodes take pods again\.$/,
  );
  expect(done.at(-1)).toBe("uncordon a");
  expect(results()).toEqual(ready);
});

test("bad-release ends the errors when no up fails of them", async () => {
  const { changes } = sqitchSource(systems.find(({ name }) => name === "prism")!.migrations!);
  const before = {
    [`take the schema back to ${changes.at(-2)!.name} (pulumi up)`]: null,
    "find the live database": "prism-postgresql",
    "write rows for 20 s": null,
    "the service begins to answer with errors": 1000,
  };
  const { done, drill, results } = goingOn(before, { "redis-cli DEL": "1" });
  await expect(badRelease.run(drill, "prism")).rejects.toThrow(
    "pulumi up succeeded, but should have failed\nThe service answers without errors again.",
  );
  expect(done).toEqual(["exec -n prism prism-redis-0 -- redis-cli DEL stand-in:prism:faults"]);
  expect(results()).not.toHaveProperty("the service begins to answer with errors");
});

test.each([
  ["once", false, "2026-12-01T10:00:42Z"],
  ["more than once", true, "2026-12-01T10:00:00.500Z"],
])("a migration whose Job ran %s is gone back before", async (_, ranBefore, from) => {
  const before = {
    "find the live database": { live: "prism-postgresql", server: "prism-postgresql-1" },
    "write rows for 20 s": null,
    "mark what is there before the migration": { snapshot: "7:7:", marked: "2026-12-01T10:00:00.500Z" },
    "deploy a migration that damages rows (pulumi up)": { ranBefore },
    "find the damage": Date.parse("2026-12-01T10:00:45Z"),
    "write rows for 20 s more": null,
  };
  const ups: object[] = [];
  const up = (changes: object) => {
    ups.push(changes);
    return Promise.reject(new Error("enough"));
  };
  const { drill } = goingOn(before, { "get jobs": "2026-12-01T09:00:00Z 2026-12-01T10:00:42Z" }, up);
  await expect(badMigration.run(drill, "prism")).rejects.toThrow("enough");
  expect(ups).toEqual([{ "prism:restore": { from, replaces: "prism-postgresql" } }]);
});
