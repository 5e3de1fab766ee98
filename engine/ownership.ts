/** Systems and steps that resources belong to, by their ancestors. */
import type { StepEventMetadata } from "@pulumi/pulumi/automation";
import { z } from "zod";
import type { StepRecord } from "../components/runbook";
import { nameIn, type Change, type RunbookRecord, type State } from "./change";

const types = { runbook: "runsheet:index:Runbook", step: "runsheet:index:Step" } as const;

/** Outputs of a Runbook. */
const recorded = z.object({
  title: z.string(),
  steps: z.array(z.looseObject({ name: z.string(), title: z.string(), after: z.array(z.string()).default([]) })),
});

interface Node {
  readonly type: string;
  readonly parent: string | undefined;
}

/** Relations of a run's resources. */
export class Ownership {
  readonly runbooks: readonly RunbookRecord[];
  private readonly nodes: ReadonlyMap<string, Node>;
  /** Systems by the URN of their component. */
  private readonly systems: ReadonlyMap<string, string>;

  /**
   * @param resources one event of each resource
   * @param outputs what components have registered in this run. One that is deleted has none
   */
  constructor(resources: readonly StepEventMetadata[], outputs: ReadonlyMap<string, State["outputs"]>) {
    this.nodes = new Map(
      resources.map(({ urn, type, new: next, old }) => [urn, { type, parent: (next ?? old)?.parent }]),
    );
    const runbooks = resources.filter(({ type }) => type === types.runbook);
    this.systems = new Map(runbooks.map(({ urn }) => [this.top(urn) ?? urn, nameIn(urn)]));
    this.runbooks = runbooks.flatMap(({ urn, old }) => {
      const found = recorded.safeParse(outputs.get(urn) ?? old?.outputs);
      const { title, steps } = found.success ? found.data : { title: nameIn(urn), steps: [] };
      return { system: nameIn(urn), title, steps: steps as unknown as readonly StepRecord[] };
    });
  }

  /** Returns the component, the system and the step that a resource belongs to. */
  of(urn: string): Pick<Change, "component" | "system" | "step"> {
    const top = this.top(urn);
    if (top === undefined) return {};
    const system = this.systems.get(top);
    const step = this.lineage(urn).find((each) => this.nodes.get(each)?.type === types.step);
    return {
      component: nameIn(top),
      ...(system !== undefined && { system }),
      // A step's component is named SYSTEM-STEP.
      ...(system !== undefined && step !== undefined && { step: nameIn(step).slice(system.length + 1) }),
    };
  }

  /** URNs of the resource and its ancestors that the run has, from the nearest to the farthest, without the stack. */
  private lineage(urn: string): string[] {
    const node = this.nodes.get(urn);
    if (!node || node.type === "pulumi:pulumi:Stack") return [];
    return [urn, ...(node.parent ? this.lineage(node.parent) : [])];
  }

  /** Component directly under the stack. Undefined for a resource without one. */
  private top(urn: string): string | undefined {
    const last = this.lineage(urn).at(-1);
    return last === undefined || !isComponent(this.nodes.get(last)!.type) ? undefined : last;
  }
}

const isComponent = (type: string) => type.startsWith("runsheet:");
