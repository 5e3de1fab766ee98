/** Scripts that a command runs, of the files that its pod mounts. */

/** Script with its text. */
export interface Script {
  /** Path, relative to the files of the task. */
  readonly path: string;
  readonly text: string;
}

type Files = Readonly<Record<string, string>>;

/**
 * Finds the scripts of a command in the order in which it names them; and for migrate.sh those of the changes that it
 * deploys, verifies or reverts, and the part of it that the mode has of its own.
 */
export function scriptsOf(command: readonly string[], files: Files): Script[] {
  const place = (path: string) => command.findIndex((part) => part.includes(path));
  const named = Object.keys(files)
    .filter((path) => place(path) >= 0)
    .sort((a, b) => place(a) - place(b));
  const paths = named.flatMap((path) => (path.endsWith("/migrate.sh") ? [path, ...ofChanges(command, files)] : [path]));
  return paths.flatMap((path) => {
    const text = files[path];
    return text === undefined ? [] : [{ path: path.replace(mounted, ""), text }];
  });
}

const mounted = "/runsheet/";

/** Ways of a change: to apply it, to verify it, to take it back. */
const ways = ["deploy", "verify", "revert"] as const;

/** Migrations as migrate.sh has them: the names of the changes in their order, and the paths of their scripts. */
interface Layout {
  readonly changes: readonly string[];
  readonly path: (change: string, way: (typeof ways)[number]) => string;
}

/**
 * Paths of the scripts of `migrate.sh MODE PROJECT CHANGE`, of which not every pod has all. A check, a mending and a
 * verification take those of all changes, which are shown elsewhere.
 */
function ofChanges(command: readonly string[], files: Files): string[] {
  const [mode, , change = ""] = command.slice(command.findIndex((part) => part.endsWith("/migrate.sh")) + 1);
  const { changes, path } = layoutOf(files);
  const upTo = changes.slice(0, changes.indexOf(change) + 1);
  const forward = (names: readonly string[]) => names.flatMap((name) => ways.map((way) => path(name, way)));
  switch (mode) {
    case "deploy":
      return forward([change]);
    case "deploy-together":
      return [`${mounted}together.sh`, ...forward(upTo)];
    case "mend":
      return [`${mounted}mend.sh`];
    case "revert":
      return changes
        .slice(upTo.length)
        .reverse()
        .map((name) => path(name, "revert"));
    default:
      return [];
  }
}

function layoutOf(files: Files): Layout {
  const own = files[`${mounted}changes.json`];
  return own === undefined ? sqitchLayout(files) : sqlLayout(own);
}

/** A Sqitch project. Its changes are the first words of the plan's lines, but for comments, pragmas and tags. */
function sqitchLayout(files: Files): Layout {
  const project = `${mounted}project`;
  const plan = (files[`${project}/sqitch.plan`] ?? "").split("\n");
  return {
    changes: plan.flatMap((line) => /^([^\s#%@][^\s]*)/.exec(line.trim())?.slice(1) ?? []),
    path: (change, way) => `${project}/${way}/${change}.sql`,
  };
}

/** Files of SQL of the team's own, as components/migrations/sql hands them over. */
function sqlLayout(changes: string): Layout {
  const all = JSON.parse(changes) as readonly { readonly name: string; readonly id: string }[];
  const words = { deploy: "change", verify: "verify", revert: "undo" };
  const idOf = new Map(all.map(({ name, id }) => [name, id]));
  return {
    changes: all.map(({ name }) => name),
    path: (change, way) => `${mounted}${words[way]}.${idOf.get(change) ?? change}.sql`,
  };
}
