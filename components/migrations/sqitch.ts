/** Migrations of a Sqitch project. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { contentHash } from "../identity/hash";
import { decoded, readText } from "../identity/text-file";
import { keyOf } from "../kubernetes/file-keys";
import { pathsIn, readFiles, type Files } from "../kubernetes/mounted-files";
import { ChangeIds } from "./change-id";
import { commonPrograms, programs } from "./common-programs";
import { readPlan } from "./plan";
import { isOneTransaction } from "./repeatable";
import { singleTransactionObstacle } from "./single-transaction";
import { mountable, type MigrationSource } from "./source";

const inPod = join(__dirname, "in-pod");

/**
 * Reads a Sqitch project: sqitch.plan, deploy/, verify/, revert/. Sqitch keeps a registry in the database.
 * @param safeToRepeat true if every script can run again after it failed in the middle, as those that Runsheet ships. Default:
 *   false. Those can that are one transaction
 * @throws Error that names the file, if the project has a fault (`readPlan`)
 */
export function sqitchSource(directory: string, { safeToRepeat = false } = {}): MigrationSource {
  const { project, changes } = readPlan(directory);
  const script = (kind: string, change: string) => readText(join(directory, kind, `${change}.sql`));
  const ids = new ChangeIds();
  return {
    project,
    changes: changes.map((name) => ({
      name,
      id: ids.of(name, name.replaceAll(/[_/]/g, "-").toLowerCase(), isPartOfName),
      deployHash: contentHash([script("deploy", name)]),
      hash: contentHash(["deploy", "verify", "revert"].map((kind) => script(kind, name))),
    })),
    files: projectFiles(directory, changes, safeToRepeat),
    image: "sqitch",
    obstacleToOneTransaction: (deployed) => singleTransactionObstacle(deployed, script),
  };
}

/** True for what may follow the name of a task and a hyphen in the name of a Job, which is one of the DNS. */
const isPartOfName = (id: string) => /^[a-z0-9-]*[a-z0-9](\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(id);

/**
 * Reads the whole project, for Sqitch compares the applied changes with the whole plan; and the scripts that every
 * project may include. A folder of scripts may be a link.
 */
function projectFiles(directory: string, changes: readonly string[], safeToRepeat: boolean): Files {
  const scripts = changes.flatMap((change) => ["deploy", "verify", "revert"].map((kind) => `${kind}/${change}.sql`));
  const own = filesIn(directory);
  const configuration = "sqitch.conf" in own ? ["sqitch.conf"] : [];
  const read = [...configuration, ...scripts].map((path) => [path, readText(join(directory, path))] as const);
  const repeatable = read
    .filter(([path, text]) => /^(deploy|revert)\//.test(path) && (safeToRepeat || isOneTransaction(text)))
    .map(([path]) => `${path}\n`);
  const project = Object.entries({
    ...readFiles(join(inPod, "included")),
    ...own,
    ...Object.fromEntries(read),
    "repeatable.txt": repeatable.join(""),
  });
  const all = {
    ...Object.fromEntries(project.map(([path, text]) => [`project/${path}`, text] as const)),
    ...programs("migrate.sh", "mend.sh", "together.sh"),
    ...commonPrograms(),
  };
  return mountable(all, "load rows in another way than by changes of the schema, or set migrations.command");
}

/**
 * Reads the files of a directory. What no pod can mount, such as a picture, is left out unless a script names it.
 * @throws Error that names the file, if it is one of Sqitch's or named, and is no text or has a name that no pod can mount
 */
function filesIn(directory: string): Files {
  const paths = pathsIn(directory);
  const read = (path: string) => {
    const file = join(directory, path);
    keyOf(`project/${path}`, file);
    return [path, decoded(readFileSync(file), file)] as const;
  };
  const isSqitch = (path: string) => /\.sql$|^(sqitch\.(plan|conf)|superseded\.sha1)$/.test(path);
  const needed = paths.filter(isSqitch).map(read);
  const isNamed = (path: string) => needed.some(([, text]) => text.includes(basename(path)));
  const others = paths
    .filter((path) => !isSqitch(path))
    .flatMap((path) => {
      try {
        return [read(path)];
      } catch (error) {
        if (isNamed(path)) throw error;
        return [];
      }
    });
  return Object.fromEntries([...needed, ...others]);
}
