import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DrilledDatabase } from "./database";
import type { WrittenRow } from "./measure";
import { logOf, removePod, startPod, type PodArgs } from "./pod";

const name = "runsheet-drill-writer";

/** Pod that writes rows into a database continuously, as its owner, and prints which ones were acknowledged. */
export class Writer {
  constructor(
    private readonly database: DrilledDatabase,
    /** Nodes on which its pod must not run. Default: none. */
    private readonly placement: Pick<PodArgs, "notOn"> = {},
  ) {}

  /** Starts with an empty table. Resolves when the first row is acknowledged. */
  async start(): Promise<void> {
    const { kubectl, namespace } = this.database;
    const { image, environment } = await this.database.owner();
    const command = ["bash", "-c", readFileSync(join(__dirname, "write.sh"), "utf8")];
    const pod = { namespace, name, image, command, environment: { ...environment, TABLE: this.database.table } };
    await startPod(kubectl, { ...pod, ...this.placement });
    for (const end = Date.now() + 120_000; (await this.acknowledged()).length === 0; await sleep(500))
      if (Date.now() > end)
        throw new Error(`no row was written within 2 min: see kubectl logs -n ${namespace} ${name}`);
  }

  /** Lists the rows that were acknowledged so far. */
  async acknowledged(): Promise<WrittenRow[]> {
    const { kubectl, namespace } = this.database;
    return (await logOf(kubectl, { namespace, name }))
      .split("\n")
      .map((line) => /^(\d+) (\d{13})$/.exec(line))
      .filter((row) => row !== null)
      .map(([, id, at]) => ({ id: Number(id), at: Number(at) }));
  }

  /** Removes the pod. Its table is kept. */
  stop(): Promise<void> {
    const { kubectl, namespace } = this.database;
    return removePod(kubectl, { namespace, name });
  }
}

/** Lists the rows that each writer got acknowledged, and then stops them. */
export async function endAll(writers: readonly Writer[]): Promise<WrittenRow[][]> {
  const rows = await Promise.all(writers.map((writer) => writer.acknowledged()));
  await Promise.all(writers.map((writer) => writer.stop()));
  return rows;
}
