import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { installed, unpacked } from "../../lab/packages";
import { pgBouncerProgram } from "./pgbouncer";
import { pgvectorInstalled } from "./pgvector";

const clusters = "/etc/postgresql-common/createcluster.d";

/** Libraries of Python that the teams' applications import. */
const applications = ["python3-prometheus-client", "python3-psycopg2", "python3-redis"];

/**
 * Installs Debian's PostgreSQL, PgBouncer, Sqitch, Redis and Prometheus for the tests of what runs in pods, and Python's libraries for
 * the teams' applications. Debian's default PostgreSQL cluster is not created, and no service starts.
 */
export default async function setup(): Promise<void> {
  if (!existsSync("/usr/lib/postgresql")) {
    mkdirSync(clusters, { recursive: true });
    writeFileSync(`${clusters}/runsheet.conf`, "create_main_cluster = false\n");
  }
  await installed(["postgresql", "sqitch", "libdbd-pg-perl", "redis-tools", ...applications]);
  await pgBouncerProgram();
  await unpacked(["prometheus"]);
  await pgvectorInstalled();
}
