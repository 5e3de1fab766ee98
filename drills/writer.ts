import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DrilledDatabase } from "./database";
import type { WrittenRow } from "./measure";

const name = "runsheet-drill-writer";
const variables = { PGHOST: "host", PGPORT: "port", PGDATABASE: "dbname", PGUSER: "username", PGPASSWORD: "password" };

/** A pod that writes rows into a database all the time, as its owner, and says which ones were acknowledged. */
export class Writer {
  constructor(private readonly database: DrilledDatabase) {}

  /** Begins, with an empty table. Resolves when the first row is acknowledged. */
  async start(): Promise<void> {
    await this.stop();
    const { kubectl, namespace } = this.database;
    const { image, secret } = await this.database.describe();
    await kubectl.create({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace, labels: { "app.kubernetes.io/name": name } },
      spec: {
        restartPolicy: "Never",
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 0,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 1000,
          runAsGroup: 1000,
          seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [
          {
            name: "writer",
            image,
            command: ["bash", "-c", readFileSync(join(__dirname, "write.sh"), "utf8")],
            env: Object.entries(variables).map(([variable, key]) => ({
              name: variable,
              valueFrom: { secretKeyRef: { name: secret, key } },
            })),
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          },
        ],
      },
    });
    for (const end = Date.now() + 120_000; (await this.acknowledged()).length === 0; await sleep(500))
      if (Date.now() > end) throw new Error(`no row was written within 2 min: kubectl logs -n ${namespace} ${name}`);
  }

  /** The rows that were acknowledged so far. */
  async acknowledged(): Promise<WrittenRow[]> {
    const { kubectl, namespace } = this.database;
    const log = await kubectl.run("logs", "-n", namespace, name, "--tail=-1").catch(notStarted);
    return log
      .split("\n")
      .map((line) => /^(\d+) (\d{13})$/.exec(line))
      .filter((row) => row !== null)
      .map(([, id, at]) => ({ id: Number(id), at: Number(at) }));
  }

  /** Ends, and removes the pod. Its table stays. */
  async stop(): Promise<void> {
    const { kubectl, namespace } = this.database;
    await kubectl.run("delete", "pod", "-n", namespace, name, "--ignore-not-found", "--grace-period=0", "--force");
  }
}

/** The container is being made; any other error is one. */
function notStarted(error: unknown): string {
  if (error instanceof Error && /waiting to start|ContainerCreating|PodInitializing/.test(error.message)) return "";
  throw error;
}
