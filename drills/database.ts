import type { Kubectl } from "./kubectl";

/** The table that a drill's rows are in. */
export const table = "runsheet_drill";

/** The server's time in SQL, in milliseconds since 1970. */
export const milliseconds = "floor(extract(epoch FROM clock_timestamp()) * 1000)";

/** A system's live database, as a drill reaches it: through the pod that takes writes, as its superuser. */
export class DrilledDatabase {
  constructor(
    readonly kubectl: Kubectl,
    /** The system's namespace. */
    readonly namespace: string,
    /** The Cluster's name. */
    readonly name: string,
  ) {}

  /** The image of its servers, its own name in SQL, and its owner's Secret. */
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

  /** The pod that takes writes. */
  async primary(): Promise<string> {
    const selector = `cnpg.io/cluster=${this.name},cnpg.io/instanceRole=primary`;
    const pod = await this.kubectl.run(
      ...["get", "pods", "-n", this.namespace, "-l", selector, "-o", "jsonpath={.items[*].metadata.name}"],
    );
    if (!pod) throw new Error(`the database ${this.name} has no primary`);
    return pod;
  }

  /** Runs a command beside the primary's server. */
  async execute(...command: string[]): Promise<string> {
    return this.kubectl.run("exec", "-n", this.namespace, await this.primary(), "-c", "postgres", "--", ...command);
  }

  /** Runs SQL; resolves with its rows as lines. */
  async sql(statement: string): Promise<string> {
    const { database } = await this.describe();
    return this.execute("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement);
  }

  /** The server's time, in milliseconds since 1970. */
  async now(): Promise<number> {
    return Number(await this.sql(`SELECT ${milliseconds}`));
  }

  /** The rows of the drill that it has; none if it is from before the drill. */
  async rows(): Promise<number[]> {
    if ((await this.sql(`SELECT to_regclass('${table}')`)) === "") return [];
    const rows = await this.sql(`SELECT id FROM ${table} ORDER BY id`);
    return rows.split("\n").filter(Boolean).map(Number);
  }
}
