import { setTimeout as sleep } from "node:timers/promises";
import { ClusterDatabase } from "../cluster-database";
import type { Kubectl } from "../kubectl";
import { longestGap } from "../measure";
import { giveBack, givenBack, lose, lostWith, nodesOf } from "../nodes";
import { loadSeconds, measured, unlessMade, type Scenario } from "../scenario";
import { Writer } from "../writer";

/** Time for which rows are written after the loss, and limit for the pods to be there again, in seconds. */
const afterSeconds = 120;
const returnSeconds = 900;

const returning = "every Deployment of the system is available again";

/** Loses the node of a primary, with its zone, so that pods and databases move. */
export const zoneLoss: Scenario = {
  name: "zone-loss",
  title: "Disaster Recovery: a zone is lost",
  description: "the node of the primary is lost, with its zone if there are more; pods and databases move",
  rto: 900,
  rpo: 0,
  systems: "any",

  unsuitable(stack, system) {
    const { instances = 1 } = stack.configured<{ instances?: number }>(`${system}:postgres`) ?? {};
    return (
      unlessMade(stack, system) ??
      (instances < 2
        ? `the database of ${system} has one server, which nothing replaces while its node is away: set ${system}:postgres.instances to 3`
        : undefined)
    );
  },

  async unfitCluster({ kubectl, stack }) {
    const nodes = await nodesOf(kubectl);
    return nodes.length < 2
      ? `zone-loss needs two nodes or more, and the cluster of ${stack.name} has ${nodes.length} that takes pods: add one`
      : undefined;
  },

  warning: () => "Every pod of the stack on the lost nodes is ended without grace, and nothing is put there meanwhile",

  async run({ stack, kubectl, timeline }, system) {
    const namespace = stack.namespace(system);
    const placed = stack.systems.map((each) => ({ system: each, namespace: stack.namespace(each) }));
    const { live } = await timeline.step("find the live database", () => stack.databases(system));
    const database = new ClusterDatabase(kubectl, namespace, live);
    const { primary, lost } = await timeline.step("find the primary's node", async () => {
      const primary = await database.primary();
      const node = (pod: string) => kubectl.run("get", "pod", "-n", namespace, pod, "-o", "jsonpath={.spec.nodeName}");
      const lost = lostWith(await node(primary), await nodesOf(kubectl));
      await expectServerElsewhere(kubectl, database, lost);
      return { primary, lost };
    });
    const writer = new Writer(database, { notOn: lost });
    await timeline.step(`write rows for ${loadSeconds} s, from another node`, async () => {
      await writer.start();
      await sleep(loadSeconds * 1000);
    });
    const losing = `lose ${lost.join(", ")}`;
    // Whatever fails while they are away, the nodes are given back. What was seen without them has to be seen once more.
    const away = <Result>(title: string, work: () => Promise<Result>, undone = [losing, returning]) =>
      timeline.step(title, work, { undo: () => givenBack(kubectl, lost), undone });
    const disaster = await away(losing, async () => {
      // Nodes and servers may have changed during an interruption.
      await expectNodeLeft(kubectl, lost);
      await expectServerElsewhere(kubectl, database, lost);
      const disaster = await database.now();
      await lose(kubectl, lost, placed);
      return disaster;
    });
    const returned = await away(returning, async () => {
      await kubectl.run(
        ...["wait", "deployment", "--all", "-n", namespace, "--for=condition=Available"],
        `--timeout=${returnSeconds}s`,
      );
      return Date.now();
    });
    const { written, end } = await away(`write rows until ${afterSeconds} s after the loss`, async () => {
      await sleep(Math.max(0, disaster + afterSeconds * 1000 - Date.now()));
      const written = await writer.acknowledged();
      const end = await database.now();
      await writer.stop();
      return { written, end };
    });
    const counted = async () => ({ rows: await database.rows(), next: await database.primary() });
    const { rows, next } = await away("count the rows that are there", counted, []);
    await timeline.step("let the nodes take pods again", () => giveBack(kubectl, lost));
    await timeline.step("remove what the drill has written", () => database.dropTable());
    await timeline.step("every server of the database is there again", () =>
      kubectl.run(
        ...["wait", "-n", namespace, `clusters.postgresql.cnpg.io/${live}`, "--for=condition=Ready"],
        `--timeout=${returnSeconds}s`,
      ),
    );
    const last = written.filter(({ at }) => at <= disaster).length - 1;
    const gap = longestGap(written.slice(Math.max(last, 0)), end);
    return {
      disaster,
      systems: [
        {
          system,
          recovered: Math.max(disaster + gap * 1000, returned),
          // Every acknowledged row counts, also those after the loss.
          ...measured(written, rows, written.at(-1)!.at),
          restoredFrom: { kind: "server that is now the primary; nothing was restored", name: next },
          verified: [
            `Nothing was acknowledged for ${gap.toFixed(1)} s; ${primary} was the primary, and ${next} is.`,
            "Each Deployment of the system was available while the nodes were away.",
            "The acknowledged rows were looked for by their ids.",
          ],
        },
      ],
      notes: [
        `Lost were ${lost.join(", ")}: their pods were ended without grace, and they took none. The machines themselves ran on: a node that does not answer is noticed by Kubernetes after 40 s, and its pods are given up after 5 min more, by default. Both are not in the RTO.`,
        "Pods with volumes of a node's own disk, such as Redis', come back with that node only, and were not waited for.",
      ],
    };
  },
};

/** @throws Error if no other node takes pods */
async function expectNodeLeft(kubectl: Kubectl, lost: readonly string[]): Promise<void> {
  const nodes = await nodesOf(kubectl);
  if (nodes.every(({ name }) => lost.includes(name)))
    throw new Error(`no node but ${lost.join(", ")} takes pods: nothing could move. Add or uncordon one first`);
}

/** @throws Error if all servers of a database would be lost */
async function expectServerElsewhere(
  kubectl: Kubectl,
  { namespace, name }: ClusterDatabase,
  lost: readonly string[],
): Promise<void> {
  const nodes = await kubectl.run(
    ...["get", "pods", "-n", namespace, "-l", `cnpg.io/cluster=${name},cnpg.io/podRole=instance`],
    ...["-o", "jsonpath={.items[*].spec.nodeName}"],
  );
  if (nodes.split(/\s+/).every((node) => lost.includes(node)))
    throw new Error(
      `every server of ${name} is on ${lost.join(", ")}: none would be left. Spread them over nodes first`,
    );
}
