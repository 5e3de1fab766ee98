/**
 * Golden files: everything that a stack's program registers. There is one file for each system, and one for the rest of
 * the stack. A change of a resource, of a runbook's text or of an output changes these files, and is reviewed there.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { StepRecord } from "../../components/runbook";
import { parsed } from "./data";
import type { Registered } from "./mocks";

/** Content of one golden file. */
export interface Golden {
  /** Outputs of the system or of the stack. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Runbook, with its steps in the order of their declaration. Undefined for the stack's own file. */
  readonly runbook?: { readonly title: string; readonly steps: readonly StepRecord[] };
  readonly resources: readonly Registered[];
}

/** Name of the file with the stack's own resources and outputs. */
export const stackFile = "stack.yaml";

/** Directory of a stack's golden files. */
export const goldenDirectory = (stack: string) => join(__dirname, "..", "golden", stack);

/** Golden file of a system, parsed. */
export const goldenOf = (system: string, stack = "local"): Golden =>
  parse(readFileSync(join(goldenDirectory(stack), `${system}.yaml`), "utf8")) as Golden;

/** Everything that a program has registered. */
export interface Program {
  readonly resources: readonly Registered[];
  readonly urns: readonly string[];
  /** Outputs of the stack. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Outputs of the components, by URN. */
  readonly componentOutputs: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** Returns the golden files of a program, by file name. */
export function goldenFiles(program: Program, systems: readonly string[]): Record<string, string> {
  const { resources, urns, outputs, componentOutputs } = program;
  // A URN contains the types of the resource's parents, but not their names. Each system has a type of its own.
  const roots = new Map(urns.filter(isRoot).map((urn) => [parsed(urn).type, parsed(urn).name]));
  const owners = new Map(urns.map((urn) => [key(parsed(urn)), roots.get(rootType(urn))]));
  const owner = (resource: Registered) => {
    const name = owners.get(key(resource));
    return name !== undefined && systems.includes(name) ? name : undefined;
  };
  const part = (system: string | undefined) => sorted(resources.filter((resource) => owner(resource) === system));
  const outputsOf = (type: string, name: string) =>
    [...componentOutputs].find(([urn]) => key(parsed(urn)) === key({ type, name }))?.[1] ?? {};
  const files = systems.map((name) => {
    const runbook = outputsOf("runsheet:index:Runbook", name);
    return [`${name}.yaml`, { outputs: outputs[name], runbook, resources: part(name) }] as const;
  });
  const own = Object.fromEntries(Object.entries(outputs).filter(([name]) => !systems.includes(name)));
  const all = [...files, [stackFile, { outputs: own, resources: part(undefined) }] as const];
  return Object.fromEntries(all.map(([name, content]) => [name, readable(content)]));
}

const key = ({ type, name }: { readonly type: string; readonly name: string }) => `${type} ${name}`;
const rootType = (urn: string) => urn.split("::")[2]!.split("$")[0]!;
const isRoot = (urn: string) => rootType(urn) === parsed(urn).type;
const sorted = (resources: readonly Registered[]) => [...resources].sort((a, b) => (key(a) < key(b) ? -1 : 1));

/**
 * Formats the content as YAML. The files of ConfigMaps and Secrets are left out: they are read in place, and their hash is
 * in the name.
 */
function readable(content: object): string {
  const elided = (data: object) => Object.fromEntries(Object.keys(data).map((file) => [file, "<text>"]));
  const isFiles = (kind: unknown) => kind === "ConfigMap" || kind === "Secret";
  const text = JSON.stringify(content, function (this: { readonly kind?: unknown }, name, value: unknown) {
    return name === "data" && isFiles(this.kind) ? elided(value as object) : value;
  });
  return stringify(JSON.parse(text), { lineWidth: 0, aliasDuplicateObjects: false });
}
