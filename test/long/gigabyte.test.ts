/**
 * Database of 1 GB. Drills are compared with a floor measured in the same run: the time that CloudNativePG needs to
 * copy the base backup and replay the WAL, and nothing else. A dump with its proof is compared with one that is only
 * read.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { apply, clusterOf, takeBackup } from "../support/base-backup";
import { eventually, kubectl, sql } from "../support/cluster";
import { runDrill } from "../support/drill";

const bulk = "runsheet_bulk";
const clusters = "clusters.postgresql.cnpg.io";
const say = (line: string) => process.stderr.write(`  ${line}\n`);

beforeAll(async () => {
  say("fill PRISM's database with 1 GB, which does not compress");
  // The table belongs to the owner, who takes the dumps.
  await sql(
    `DROP TABLE IF EXISTS ${bulk}; SET ROLE prism;
     CREATE TABLE ${bulk} (id bigint PRIMARY KEY, content text STORAGE EXTERNAL)`,
  );
  for (let part = 0; part < 8; part++)
    await sql(
      `INSERT INTO ${bulk} SELECT n, (SELECT string_agg(md5(random()::text || n || part), '') FROM generate_series(1, 30) AS part)
       FROM generate_series(${part * 122_000 + 1}, ${(part + 1) * 122_000}) AS n`,
    );
  expect(Number(await sql(`SELECT pg_total_relation_size('${bulk}')`))).toBeGreaterThan(1e9);
});
afterAll(() => sql(`DROP TABLE IF EXISTS ${bulk}`));

interface Cluster {
  readonly metadata: { readonly creationTimestamp: string };
  readonly spec: Record<string, unknown>;
  readonly status: { readonly conditions: readonly { type: string; status: string; lastTransitionTime: string }[] };
}
const readCluster = async (name: string) =>
  JSON.parse(await kubectl("get", clusters, "-n", "prism", name, "-o", "json")) as Cluster;

/** Time from the Cluster's creation until it is ready, in seconds. */
function returnOf({ metadata, status }: Cluster): number {
  const ready = status.conditions.find(({ type, status }) => type === "Ready" && status === "True")!;
  return (Date.parse(ready.lastTransitionTime) - Date.parse(metadata.creationTimestamp)) / 1000;
}

/** Duration of the copy and the replay alone for a restored Cluster, in seconds. */
async function floorOf({ spec }: Cluster): Promise<number> {
  const name = "runsheet-floor";
  // This Cluster is only restored: it archives nothing and has no roles.
  const { plugins: _, managed: __, ...rest } = spec;
  await apply({
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: { name, namespace: "prism" },
    spec: rest,
  });
  try {
    return await durationOf(`${name}-1-full-recovery`);
  } finally {
    await kubectl("delete", clusters, "-n", "prism", name);
  }
}

/** Duration of a Job's container `full-recovery`, in seconds. */
async function durationOf(job: string): Promise<number> {
  for (const end = Date.now() + 1_200_000; Date.now() < end; await sleep(500)) {
    const pods = JSON.parse(await kubectl("get", "pods", "-n", "prism", "-l", `job-name=${job}`, "-o", "json")) as {
      items: { status: { containerStatuses?: { name: string; state: { terminated?: Terminated } }[] } }[];
    };
    const states = pods.items.flatMap(({ status }) => status.containerStatuses ?? []);
    const ended = states.find(({ name, state }) => name === "full-recovery" && state.terminated)?.state.terminated;
    if (ended) return (Date.parse(ended.finishedAt) - Date.parse(ended.startedAt)) / 1000;
  }
  throw new Error(`${job} did not end within 20 min`);
}

interface Terminated {
  readonly startedAt: string;
  readonly finishedAt: string;
}

interface Job {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly initContainers: { readonly env: { readonly name: string; value?: string }[] }[];
        readonly volumes: { readonly emptyDir?: { sizeLimit?: string } }[];
      };
    };
  };
}

/** Takes a dump as the nightly schedule does, with the given proof. Returns the duration in seconds. */
async function dumped(proof: "restore" | "read"): Promise<number> {
  const name = `runsheet-dump-${proof}`;
  const from = [
    "create",
    "job",
    "-n",
    "prism",
    name,
    "--from=cronjob/prism-dump-scheduled",
    "--dry-run=client",
    "-o",
    "json",
  ];
  const job = JSON.parse(await kubectl(...from)) as Job;
  const { initContainers, volumes } = job.spec.template.spec;
  for (const { env } of initContainers)
    for (const variable of env) if (variable.name === "PROOF") variable.value = proof;
  // The stack's size limits are meant for its few rows.
  for (const { emptyDir } of volumes) if (emptyDir?.sizeLimit) emptyDir.sizeLimit = "8Gi";
  const began = Date.now();
  await apply(job);
  const status = () => kubectl("get", "job", "-n", "prism", name, "-o", "jsonpath={.status.conditions[*].type}");
  try {
    await eventually(`${name} ends`, async () => /Complete|Failed/.test(await status()), 1200);
    expect(await status()).toContain("Complete");
    return (Date.now() - began) / 1000;
  } finally {
    await kubectl("delete", "job", "-n", "prism", name);
  }
}

test("a dump of 1 GB with its proof, beside one that is only read", async () => {
  const read = await dumped("read");
  const restored = await dumped("restore");
  say(
    `a dump of 1 GB that is read: ${read.toFixed(0)} s; that is restored: ${restored.toFixed(0)} s, ${(restored / read).toFixed(2)} times`,
  );
  expect(restored / read).toBeLessThan(2);
});

test.each(["point-in-time", "database-corruption"])("%s of 1 GB", async (scenario) => {
  const began = Date.now();
  await takeBackup("prism", 900);
  say(`the base backup took ${((Date.now() - began) / 1000).toFixed(0)} s`);
  const { systems } = await runDrill(scenario, "--system", "prism");
  const { rto } = systems[0]!;
  const restored = await readCluster(await clusterOf("prism"));
  const floor = await floorOf(restored);
  const back = returnOf(restored);
  const times = (seconds: number) => `${seconds.toFixed(0)} s, ${(seconds / floor).toFixed(2)} times`;
  say(`${scenario} of 1 GB: the database was back after ${times(back)} its copy and replay alone (${floor} s);`);
  say(`verified service (RTO) after ${times(rto)}: verify scripts, migrations, rollouts and smoke tests are in it`);
  expect(back / floor).toBeLessThan(1.5);
  // Not the goal, which is 2: what was measured is 3.3 to 3.6, and more is a regression.
  expect(rto / floor).toBeLessThan(4.5);
});
