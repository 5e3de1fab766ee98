/** Scripts that a command runs, of the files that its pod mounts. */

/** Script with its purpose. */
export interface Script {
  /** Path, relative to the files of the task. */
  readonly path: string;
  readonly text: string;
}

/**
 * Finds the scripts of a command in the order in which they run: the files that it names; and for migrate.sh those of the
 * changes that it deploys, verifies or reverts.
 */
export function scriptsOf(command: readonly string[], files: Readonly<Record<string, string>>): Script[] {
  const place = (path: string) => command.findIndex((part) => part.includes(path));
  const named = Object.keys(files)
    .filter((path) => place(path) >= 0)
    .sort((a, b) => place(a) - place(b));
  const paths = named.flatMap((path) => (path.endsWith("/migrate.sh") ? [path, ...ofChanges(command, files)] : [path]));
  return paths.flatMap((path) => {
    const text = files[path];
    return text === undefined ? [] : [{ path: path.replace("/runsheet/", ""), text }];
  });
}

const project = "/runsheet/project";

/** Paths of the scripts of `migrate.sh MODE PROJECT CHANGE`. A check and a verification take all, which are shown elsewhere. */
function ofChanges(command: readonly string[], files: Readonly<Record<string, string>>): string[] {
  const [mode, , change = ""] = command.slice(command.findIndex((part) => part.endsWith("/migrate.sh")) + 1);
  const plan = changesIn(files[`${project}/sqitch.plan`] ?? "");
  const upTo = plan.slice(0, plan.indexOf(change) + 1);
  const scripts = (changes: readonly string[], ...kinds: readonly string[]) =>
    changes.flatMap((name) => kinds.map((kind) => `${project}/${kind}/${name}.sql`));
  switch (mode) {
    case "deploy":
      return scripts([change], "deploy", "verify", "revert");
    case "deploy-together":
      return scripts(upTo, "deploy", "verify", "revert");
    case "revert":
      return scripts(plan.slice(upTo.length).reverse(), "revert");
    default:
      return [];
  }
}

/** Names of the changes of a plan: the first words of its lines that are no comments, no pragmas and no tags. */
const changesIn = (plan: string): string[] =>
  plan.split("\n").flatMap((line) => /^([^\s#%@][^\s]*)/.exec(line.trim())?.slice(1) ?? []);
