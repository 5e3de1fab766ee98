/** Migrations of a Sqitch project. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { contentHash } from "../identity/hash";
import { readFiles, type Files } from "../kubernetes/mounted-files";
import { patience } from "./patience";
import { readPlan } from "./plan";
import { singleTransactionObstacle } from "./single-transaction";
import type { MigrationSource } from "./source";

const inPod = join(__dirname, "in-pod");

/**
 * Reads a Sqitch project: sqitch.plan, deploy/, verify/, revert/. Sqitch keeps a registry in the database.
 * @throws Error that names the file, if the project has a fault (`readPlan`)
 */
export function sqitchSource(directory: string): MigrationSource {
  const { project, changes } = readPlan(directory);
  const script = (kind: string, change: string) => readFileSync(join(directory, kind, `${change}.sql`), "utf8");
  return {
    project,
    changes: changes.map((name) => ({
      name,
      id: name.replaceAll("_", "-").toLowerCase(),
      deployHash: contentHash([script("deploy", name)]),
      hash: contentHash(["deploy", "verify", "revert"].map((kind) => script(kind, name))),
    })),
    files: projectFiles(directory),
    image: "sqitch",
    obstacleToOneTransaction: (deployed) => singleTransactionObstacle(deployed, script),
  };
}

/**
 * Reads the whole project, for Sqitch compares the applied changes with the whole plan; and the scripts that every
 * project may include.
 */
function projectFiles(directory: string): Files {
  const files = { ...readFiles(join(inPod, "included")), ...readFiles(directory) };
  const project = Object.entries(files).map(([path, text]) => [`project/${path}`, text] as const);
  return {
    ...Object.fromEntries(project),
    "migrate.sh": readFileSync(join(inPod, "migrate.sh"), "utf8"),
    ...patience(),
  };
}
