/** Builds one tool into the cache. */
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { CommandFailed } from "../command";
import { cache, root } from "../paths";
import { step } from "../progress";
import type { Estimate } from "./estimate";
import { go, goVersion, moduleDirectory } from "./go";
import { locked } from "./lock";
import { recipe, type Recipe } from "./recipes";

/** Part of each tool's key. Raise it when this file makes something else of the same recipe and module. */
const format = 1;

const binaries = join(cache, "bin");
const logs = join(cache, "logs");

/** The directory of the module that a tool is built from. */
export const wrapper = (name: string) => join(root, "lab", "go", recipe(name).module ?? name);

/** The tool's directory in the cache. It is built if it is not there yet. */
export async function built(name: string, estimate: Estimate): Promise<string> {
  const version = await goVersion(wrapper(name));
  const directory = place(name, version);
  if (existsSync(directory)) return directory;
  await locked(join(binaries, `.${name}.lock`), `build ${name}`, async () => {
    if (existsSync(directory)) return; // by the process that had the lock before
    removeAbandoned(name);
    for (const other of estimate.expected()) if (existsSync(place(other, version))) estimate.finish(other);
    const begin = Date.now();
    const work = () => build(name, recipe(name), directory);
    await step(`build ${name}`, work, (seconds) => estimate.left(name, seconds));
    estimate.learn(name, (Date.now() - begin) / 1000);
  });
  return directory;
}

/** True if the cache has a tool of any kind and version. */
export const anythingBuilt = () => existsSync(binaries) && readdirSync(binaries).some((name) => !name.startsWith("."));

const place = (name: string, version: string) =>
  join(binaries, `${name}-${toolKey(wrapper(name), recipe(name), version)}`);

/** Identifies what a recipe makes of a module's files with a version of Go. */
export function toolKey(module: string, steps: Recipe, version: string): string {
  const hash = createHash("sha256").update(JSON.stringify([format, version, process.arch, steps]));
  for (const directory of [module, ...(steps.beside ? [join(root, steps.beside.directory)] : [])])
    for (const file of filesUnder(directory))
      hash.update(JSON.stringify([file, readFileSync(join(directory, file), "utf8")]));
  return hash.digest("hex").slice(0, 16);
}

function filesUnder(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => relative(directory, join(entry.parentPath, entry.name))).sort();
}

/** Builds in a directory beside the final one, which appears complete or not at all. */
async function build(name: string, steps: Recipe, directory: string): Promise<void> {
  const temporary = `${directory}.building`;
  const source = join(temporary, "source");
  const result = join(temporary, "result");
  const log = join(logs, `build-${name}.log`);
  rmSync(log, { force: true });
  mkdirSync(result, { recursive: true });
  try {
    cpSync(wrapper(name), source, { recursive: true });
    await compile(steps, source, join(result, steps.binary), log);
    for (const link of steps.links ?? []) symlinkSync(steps.binary, join(result, link));
    if (steps.beside) addBeside(steps.beside, result);
    renameSync(result, directory);
  } catch (error) {
    throw explained(error, name);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function compile(steps: Recipe, source: string, binary: string, log: string): Promise<void> {
  for (const { module, file, to } of steps.copies ?? []) {
    copyFileSync(join(await moduleDirectory(source, module), file), join(source, to));
    chmodSync(join(source, to), 0o644); // the module cache is read-only
  }
  const variables = Object.entries(steps.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const flags = ["-trimpath", "-ldflags", ["-s", "-w", ...variables].join(" ")];
  await go(source, ["build", ...flags, "-o", binary, steps.package ?? "."], log);
}

function addBeside({ directory, program }: NonNullable<Recipe["beside"]>, result: string): void {
  const name = basename(directory);
  cpSync(join(root, directory), join(result, name), { recursive: true });
  symlinkSync(join(name, program), join(result, program));
}

function explained(error: unknown, name: string): Error {
  if (!(error instanceof CommandFailed)) return error as Error;
  const again = "What was compiled before is kept: the next try continues there.";
  return new Error(`${name} could not be built. ${again}\n${error.message}`, { cause: error });
}

/** Removes what a killed build left behind. Called with the lock held, so that no build of the tool is running. */
function removeAbandoned(name: string): void {
  const abandoned = new RegExp(`^${name}-[0-9a-f]{16}\\.building$`);
  for (const entry of readdirSync(binaries))
    if (abandoned.test(entry)) rmSync(join(binaries, entry), { recursive: true, force: true });
}

/** Puts a file of a module that the tool `name` is built from into the cache under `path`, and checks its SHA-256. */
export async function copiedFromModule(
  name: string,
  module: string,
  file: string,
  sha256: string,
  path: string,
): Promise<void> {
  if (existsSync(path)) return;
  await goVersion(wrapper(name));
  const content = readFileSync(join(await moduleDirectory(wrapper(name), module), file));
  const actual = createHash("sha256").update(content).digest("hex");
  if (actual !== sha256)
    throw new Error(
      `${file} of ${module} has the SHA-256 ${actual}, not ${sha256}: lab/toolchain/recipes.ts must agree.`,
    );
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}
