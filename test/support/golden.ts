/**
 * The golden files: everything that a stack's program registers. One file for each system, and one for what is the stack's.
 * A change of any resource, of any text of a runbook or of any output is a change of these files, to be read in review.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { StepRecord } from "../../components/runbook";
import { parsed } from "./data";
import type { Registered } from "./mocks";

/** The part of a stack that one file has. */
export interface Golden {
  /** What the stack shows of it. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The runbook, with its steps in the order in which they are declared. Default: it is the stack's own part. */
  readonly runbook?: { readonly title: string; readonly steps: readonly StepRecord[] };
  readonly resources: readonly Registered[];
}

/** The file of what is the stack's own. */
export const stackFile = "stack.yaml";

/** Directory of a stack's golden files. */
export const goldenDirectory = (stack: string) => join(__dirname, "..", "golden", stack);

/** What the golden file of a system says. */
export const goldenOf = (system: string, stack = "local"): Golden =>
  parse(readFileSync(join(goldenDirectory(stack), `${system}.yaml`), "utf8")) as Golden;

/** A program, once it has run. */
export interface Program {
  readonly resources: readonly Registered[];
  readonly urns: readonly string[];
  /** The stack's own outputs. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Those of the components, by URN. */
  readonly componentOutputs: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** The golden files of a program by their names. */
export function goldenFiles(program: Program, systems: readonly string[]): Record<string, string> {
  const { resources, urns, outputs, componentOutputs } = program;
  // A URN has the types of all that the resource is in, and not their names: a system has a type of its own.
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

/** Without the text of long files: these are read where they lie, and their hash is in the name. */
function readable(content: object): string {
  const elided = (data: object) => Object.fromEntries(Object.keys(data).map((file) => [file, "<text>"]));
  const text = JSON.stringify(content, (name, value: unknown) => (name === "data" ? elided(value as object) : value));
  return stringify(JSON.parse(text), { lineWidth: 0, aliasDuplicateObjects: false });
}
