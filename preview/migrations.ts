/** Findings in the migrations of a pull request: those that are new or changed against its base. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parse } from "yaml";
import { readPlan } from "../components/migrations/plan";
import { Misuse } from "../command-line";
import { CommandFailed, run } from "../lab/command";
import { squawk } from "../lab/squawk";
import type { Finding } from "./told";

/** File that differs from the base. */
interface Differing {
  readonly file: string;
  /** Letter of git: A for a new file, M for a changed one, D for a deleted one. */
  readonly status: string;
}

/**
 * Checks the migrations that are new or changed since the commit at which the checkout left the base.
 * @param base commit, branch or tag
 * @param project directory of the project
 * @throws Misuse if the base is unknown
 */
export async function migrationFindings(base: string, project: string): Promise<Finding[]> {
  const differing = await differingFiles(base, project);
  const own = ownDirectories(project);
  const isOwn = (file: string) => own.some((directory) => file.startsWith(`${directory}/`));
  const sql = differing.filter(
    ({ file }) => file.endsWith(".sql") && (/^(components|systems)\//.test(file) || isOwn(file)),
  );
  const there = sql.map(({ file }) => file).filter((file) => existsSync(join(project, file)));
  const plans = new Set(differing.map(({ file }) => sqitchProject(file, project)).filter((each) => each !== undefined));
  const applied = await Promise.all(
    sql
      .filter((each) => isApplied(each, isOwn))
      .map(async (each) => ((await isSuperseded(each.file, base, project)) ? [] : [edited(each.file, base)])),
  );
  const findings = [
    ...(there.length > 0 ? await squawkFindings(there, project) : []),
    ...applied.flat(),
    ...[...plans].flatMap((plan) => planFindings(plan, project)),
  ];
  return findings.sort((a, b) => (a.file === b.file ? (a.line ?? 0) - (b.line ?? 0) : a.file < b.file ? -1 : 1));
}

async function differingFiles(base: string, project: string): Promise<Differing[]> {
  const command = ["diff", "--name-status", "--no-renames", "--relative", "-z", `${base}...HEAD`, "--"];
  const listed = await run("git", command, { cwd: project }).catch((error: unknown) => {
    const why = error instanceof CommandFailed ? error.output.trim().split("\n")[0] : String(error);
    throw new Misuse(`--base ${base}: git does not know it, or has not fetched the commits up to it: ${why}`);
  });
  const parts = listed.split("\0").filter(Boolean);
  return parts.flatMap((status, index) => (index % 2 === 0 ? [{ status, file: parts[index + 1]! }] : []));
}

/** Directories of the project that a stack's configuration names for migrations of the team's own. */
function ownDirectories(project: string): string[] {
  const stacks = readdirSync(project).filter((name) => /^Pulumi\..+\.yaml$/.test(name));
  const named = stacks.flatMap((name) => {
    const file = parse(readFileSync(join(project, name), "utf8")) as { config?: Record<string, unknown> } | null;
    const settings = Object.entries(file?.config ?? {}).filter(([key]) => key.endsWith(":migrations"));
    return settings.flatMap(([, value]) => Object.values(objectOf(value)).filter(isText));
  });
  return named.map((directory) => relative(project, join(project, directory))).filter((path) => !path.startsWith(".."));
}

/** Object of a setting. Without --path, pulumi config set writes one as JSON. Empty for what is none: up refuses that. */
function objectOf(value: unknown): object {
  if (!isText(value)) return value ?? {};
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

const isText = (value: unknown): value is string => typeof value === "string";

/** Directory of the Sqitch project that a file belongs to, from the project's. Undefined if it belongs to none. */
function sqitchProject(file: string, project: string): string | undefined {
  const directory = dirname(file);
  if (existsSync(join(project, directory, "sqitch.plan"))) return directory;
  // A change may be in a folder.
  return directory === file || directory === "." ? undefined : sqitchProject(directory, project);
}

/** True if a script that deploys a change differs from the one that the base has. */
const isApplied = ({ file, status }: Differing, isOwn: (file: string) => boolean) =>
  status !== "A" &&
  (/\/migrations\/deploy\/.+\.sql$/.test(file) || isOwn(file)) &&
  // Of a Sqitch project only deploy/ is applied; Flyway runs R__ again, and U1__ takes back.
  !/\/(verify|revert)\/[^/]+(\/[^/]+)*\.sql$|\/(R__|U\d)[^/]*$/.test(file);

/** True if the Sqitch project takes the base's script for applied: superseded.sha1 has it (refuse_edited in migrate.sh). */
async function isSuperseded(file: string, base: string, project: string): Promise<boolean> {
  const directory = sqitchProject(file, project);
  if (directory === undefined) return false;
  const superseded = join(project, directory, "superseded.sha1");
  if (!existsSync(superseded)) return false;
  const git = (...args: string[]) => run("git", args, { cwd: project });
  const left = (await git("merge-base", base, "HEAD")).trim();
  const hash = createHash("sha1")
    .update(await git("show", `${left}:./${file}`))
    .digest("hex");
  return readFileSync(superseded, "utf8")
    .split("\n")
    .includes(`${hash}  ${relative(directory, file)}`);
}

const edited = (file: string, base: string): Finding => ({
  file,
  level: "warning",
  rule: "applied-migration",
  message: `${base} has it already: where it is applied, up refuses another script. Put it back, and add a change`,
});

function planFindings(directory: string, project: string): Finding[] {
  try {
    readPlan(join(project, directory));
    return [];
  } catch (error) {
    const message = (error as Error).message.replaceAll(`${project}/`, "");
    const file = `${directory}/sqitch.plan`;
    const change = /change "([^"]+)"|\/(?:deploy|verify|revert)\/(\S+)\.sql/.exec(message)?.slice(1).find(Boolean);
    const lines = readFileSync(join(project, file), "utf8").split("\n");
    const line = change === undefined ? 0 : lines.findLastIndex((text) => text.split(/\s/)[0] === change) + 1;
    return [{ file, ...(line > 0 && { line }), level: "error", rule: "sqitch-plan", message }];
  }
}

/** Finding as squawk prints it. */
interface Squawked {
  readonly file: string;
  /** From 0. */
  readonly line: number;
  readonly level: "Warning" | "Error";
  readonly message: string;
  readonly help: string | null;
  readonly rule_name: string;
}

async function squawkFindings(files: readonly string[], project: string): Promise<Finding[]> {
  const printed = await run(await squawk(), ["--reporter", "json", ...files], { cwd: project }).catch(
    (error: unknown) => {
      // It exits with 1 if it finds something.
      if (error instanceof CommandFailed && error.output.startsWith("[")) return error.output;
      throw error;
    },
  );
  return (JSON.parse(printed) as Squawked[]).map(({ file, line, level, message, help, rule_name }) => ({
    file,
    line: line + 1,
    level: level === "Error" ? "error" : "warning",
    rule: rule_name,
    message: [message, help].filter(Boolean).join(" "),
  }));
}
