import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { installed } from "../../lab/packages";
import { pgvectorInstalled } from "./pgvector";

const clusters = "/etc/postgresql-common/createcluster.d";

/** The migrations are tested on Debian's own PostgreSQL, Sqitch and Redis. No server of Debian's is made for them. */
export default async function setup(): Promise<void> {
  if (!existsSync("/usr/lib/postgresql")) {
    mkdirSync(clusters, { recursive: true });
    writeFileSync(`${clusters}/runsheet.conf`, "create_main_cluster = false\n");
  }
  await installed(["postgresql", "sqitch", "libdbd-pg-perl", "redis-tools"]);
  await pgvectorInstalled();
}
