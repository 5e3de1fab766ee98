import { Login } from "../components/postgres";
import { DrilledDatabase, psql, table } from "./database";

/** The drill's table in a database that the stack makes. */
export const tableOfCluster = `public.${table}`;

/** A superuser's search path. The owner may set another one for the database, with functions of their own before PostgreSQL's. */
const searchPath = "PGOPTIONS=-c search_path=pg_catalog,pg_temp";

/** Live database that the stack makes. A drill reaches it through the primary's pod, as superuser. */
export class ClusterDatabase extends DrilledDatabase {
  readonly table = tableOfCluster;
  readonly amongTables = "SET search_path = pg_catalog, public, pg_temp;";

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

  async owner() {
    const { image, secret } = await this.describe();
    return { image, environment: new Login(secret, undefined).environment() };
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
  async execute(...command: readonly string[]): Promise<string> {
    return this.kubectl.run("exec", "-n", this.namespace, await this.primary(), "-c", "postgres", "--", ...command);
  }

  async sql(statement: string): Promise<string> {
    const { database } = await this.describe();
    return this.execute("env", searchPath, ...psql(statement, "-d", database));
  }
}
