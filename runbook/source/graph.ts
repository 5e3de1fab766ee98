/** Resources of a stack, as the program registers them or as its state has them. */
import type { Contact, StepRecord } from "../../components/runbook";

/** Resource of a stack. */
export interface Resource {
  readonly urn: string;
  /** URN of its parent. Default: it has none. */
  readonly parent?: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** Times in ISO 8601 at which its creation and its last change were done. Undefined without a state. */
  readonly created?: string;
  readonly modified?: string;
}

/** Properties of a resource. Secrets are no text in them. */
export type Properties = Readonly<Record<string, unknown>>;

/** Runbook of a system in the graph. */
export interface DeclaredRunbook {
  readonly title: string;
  readonly steps: readonly StepRecord[];
  readonly contacts: readonly Contact[];
  readonly namespace: string;
  readonly release: string;
  /** Resources of each step by its name, without the components that group them. */
  readonly resources: ReadonlyMap<string, readonly Resource[]>;
}

const runbookType = "runsheet:index:Runbook";

/** Names of the systems that the graph has, in its order. */
export const systemsIn = (graph: readonly Resource[]): string[] =>
  graph.filter(({ type }) => type === runbookType).map(({ name }) => name);

/**
 * Finds the runbook of a system.
 * @throws Error with the systems that there are, if it is none of them
 */
export function runbookIn(graph: readonly Resource[], system: string): DeclaredRunbook {
  const runbook = graph.find(({ type, name }) => type === runbookType && name === system);
  const root = graph.find(({ urn }) => urn === runbook?.parent);
  if (!runbook || !root)
    throw new Error(`the stack has no system ${system}; it has ${systemsIn(graph).join(", ") || "none"}`);
  const children = childrenIn(graph);
  const under = ({ urn }: Resource): Resource[] => (children.get(urn) ?? []).flatMap((each) => [each, ...under(each)]);
  const { title, steps, contacts = [] } = runbook.outputs as unknown as DeclaredRunbook;
  const prefix = `${system}-`;
  const resources = (children.get(runbook.urn) ?? []).map(
    (step) =>
      [step.name.slice(prefix.length), under(step).filter(({ type }) => !type.startsWith("runsheet:"))] as const,
  );
  return {
    ...{ title, steps, contacts, resources: new Map(resources) },
    ...(root.outputs as { namespace: string; release: string }),
  };
}

/** Resources by the URN of their parent. */
function childrenIn(graph: readonly Resource[]): ReadonlyMap<string, readonly Resource[]> {
  const children = new Map<string, Resource[]>();
  for (const resource of graph) {
    const { parent } = resource;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), resource]);
  }
  return children;
}
