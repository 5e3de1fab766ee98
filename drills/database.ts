import type { Kubectl } from "./kubectl";

/** Table with the drill's rows. */
export const table = "runsheet_drill";

/** SQL expression of the server's time, in milliseconds since 1970. */
export const milliseconds = "floor(extract(epoch FROM clock_timestamp()) * 1000)";

/** Live database of a system. A drill reaches it through the primary's pod, as superuser. */
export class DrilledDatabase {
  constructor(
    readonly kubectl: Kubectl,
    /** Namespace of the system. */
    readonly namespace: string,
    /** Name of the Cluster. */
    readonly name: string,
  ) {}

  /** Reads the image of its servers, its name in SQL, and the name of its owner's Secret. */
  async describe(): Promise<{ image: string; database: string; secret: string }> {
    const text = await this.kubectl.run(
      ...["get", "clusters.postgresql.cnpg.io", "-n", this.namespace, this.name, "-o", "json"],
    );
    const { spec } = JSON.parse(text) as {
      spec: {
        imageName: string;
        bootstrap: Record<"initdb" | "recovery", { database: string; secret: { name: string } } | undefined>;
      };
    };
    const { database, secret } = (spec.bootstrap.initdb ?? spec.bootstrap.recovery)!;
    return { image: spec.imageName, database, secret: secret.name };
  }

  /** Returns the name of the primary's pod. */
  async primary(): Promise<string> {
    const selector = `cnpg.io/cluster=${this.name},cnpg.io/instanceRole=primary`;
    const pod = await this.kubectl.run(
      ...["get", "pods", "-n", this.namespace, "-l", selector, "-o", "jsonpath={.items[*].metadata.name}"],
    );
    if (!pod)
      throw new Error(`the database ${this.name} has no primary: wait for the failover, then continue the drill`);
    return pod;
  }

  /** Runs a command in the primary's container. */
  async execute(...command: string[]): Promise<string> {
    return this.kubectl.run("exec", "-n", this.namespace, await this.primary(), "-c", "postgres", "--", ...command);
  }

  /** Runs SQL and resolves to its rows as lines. */
  async sql(statement: string): Promise<string> {
    const { database } = await this.describe();
    return this.execute("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement);
  }

  /** Returns the server's time, in milliseconds since 1970. */
  async now(): Promise<number> {
    return Number(await this.sql(`SELECT ${milliseconds}`));
  }

  /** Lists the ids of the drill's rows. Empty if the database is older than the drill. */
  async rows(): Promise<number[]> {
    if ((await this.sql(`SELECT to_regclass('${table}')`)) === "") return [];
    const rows = await this.sql(`SELECT id FROM ${table} ORDER BY id`);
    return rows.split("\n").filter(Boolean).map(Number);
  }
}
