/** The objects of Kubernetes in the golden files, as a judge reads them. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { goldenOf, stackFile, type Golden } from "../support/golden";

/** An object of Kubernetes. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Objects of each stack that has golden files, by the stack. */
export function goldenManifests(): ReadonlyMap<string, readonly Manifest[]> {
  const directory = join(__dirname, "..", "golden");
  const stacks = readdirSync(directory).filter((name) => isStack(join(directory, name)));
  return new Map(
    stacks.map((stack) => [stack, systemsOf(join(directory, stack)).flatMap((file) => ofFile(stack, file))]),
  );
}

const ofFile = (stack: string, file: string) => manifestsOf(goldenOf(file, stack).resources);

/** Objects among the resources. A release of Helm's is none: what it brings is not in the golden files. */
export const manifestsOf = (resources: Golden["resources"]): Manifest[] =>
  resources
    .filter(({ type }) => type.startsWith("kubernetes:") && type !== "kubernetes:helm.sh/v3:Release")
    .map(({ inputs }) => unwrapped(inputs) as Manifest);

/** Key of what Pulumi puts around a secret value. */
const secret = "4dabf18193072939515e22adb298388d";

/** The value without what Pulumi puts around its secrets. */
function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== "object" || value === null) return value;
  if (secret in value && "value" in value) return unwrapped(value.value);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, unwrapped(each)]));
}

function isStack(path: string): boolean {
  try {
    return readdirSync(path).includes(stackFile);
  } catch {
    return false; // a file
  }
}

const systemsOf = (directory: string) => readdirSync(directory).map((file) => file.replace(/\.yaml$/, ""));
