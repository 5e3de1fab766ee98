/** Pulumi and its plugins: what is installed comes first, what is missing is built. */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, dirname, join, sep } from "node:path";
import { run } from "../command";
import { cache, root } from "../paths";
import { step } from "../progress";
import type { Tool } from "./recipes";
import { tools } from "./tools";

export interface PulumiToolchain {
  /** Directories that belong first on PATH, in this order. Empty if everything is installed. */
  pathEntries: string[];
  /** "built" if any of it is the lab's. */
  source: "installed" | "built";
}

/** Providers that the program uses, and the tool that has each. */
const providers = {
  kubernetes: "provider-kubernetes",
  random: "providers-bridged",
  postgresql: "providers-bridged",
} as const satisfies Record<string, Tool>;

type Provider = keyof typeof providers;

const languageHost = join(root, "lab", "language-host");
const installSeconds = 60;

/** Finds Pulumi, its Node.js language host and the program's providers; builds what is not installed. */
export async function pulumiToolchain(): Promise<PulumiToolchain> {
  const installed = installedProgram("pulumi");
  const missing = await missingProviders(installed);
  const needed: Tool[] = [...(installed ? [] : ["pulumi" as const]), ...missing.map((name) => providers[name])];
  const directories = await tools([...new Set(needed)]);
  const pathEntries = Object.values(directories);
  if (installed && !hasLanguageHost(installed)) pathEntries.push(languageHost); // the built one comes with it
  return { pathEntries, source: pathEntries.length === 0 ? "installed" : "built" };
}

/** Directories of PATH that the lab did not put there: in its own shell, its programs are not "installed". */
export const userPath = (path = process.env.PATH ?? "") =>
  path.split(delimiter).filter((entry) => entry && !(entry + sep).startsWith(cache + sep) && !isLanguageHost(entry));

// Also another checkout's.
const isLanguageHost = (directory: string) => directory.endsWith(join("lab", "language-host"));

function installedProgram(name: string): string | undefined {
  return userPath()
    .map((directory) => join(directory, name))
    .find((file) => existsSync(file));
}

function hasLanguageHost(pulumi: string): boolean {
  const name = "pulumi-language-nodejs";
  // Pulumi looks for it in its own directory too.
  return installedProgram(name) !== undefined || existsSync(join(dirname(realpathSync(pulumi)), name));
}

/**
 * Providers that are neither on PATH nor among Pulumi's plugins in the version that the program asks for. Where Pulumi
 * is installed, it is asked to install them first: with access to the internet that takes seconds.
 */
async function missingProviders(pulumi: string | undefined): Promise<Provider[]> {
  const names = Object.keys(providers) as Provider[];
  const missing = names.filter((name) => !installedProgram(`pulumi-resource-${name}`));
  if (!pulumi || missing.length === 0) return missing;
  const plugins = await installedPlugins(pulumi);
  const wanted = missing.filter((name) => !plugins.has(`${name} ${neededVersion(name)}`));
  const results = await Promise.all(wanted.map((name) => install(pulumi, name)));
  return wanted.filter((_, index) => !results[index]);
}

/** Name and version of each installed provider, as "name version". */
async function installedPlugins(pulumi: string): Promise<Set<string>> {
  const answer = await run(pulumi, ["plugin", "ls", "--json"], { env: { PULUMI_SKIP_UPDATE_CHECK: "true" } });
  const plugins = JSON.parse(answer) as { kind: string; name: string; version?: string }[];
  const resources = plugins.filter((plugin) => plugin.kind === "resource");
  return new Set(resources.map((plugin) => `${plugin.name} ${plugin.version ?? ""}`));
}

function neededVersion(name: Provider): string {
  const manifest = readFileSync(join(root, "node_modules", "@pulumi", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

async function install(pulumi: string, name: Provider): Promise<boolean> {
  const args = ["plugin", "install", "resource", name, neededVersion(name)];
  const title = `install Pulumi's plugin ${name} ${neededVersion(name)}`;
  try {
    await step(title, () => run("timeout", [String(installSeconds), pulumi, ...args]));
    return true;
  } catch {
    console.log(`  ... the plugin ${name} cannot be fetched from here: it is built instead`);
    return false;
  }
}
