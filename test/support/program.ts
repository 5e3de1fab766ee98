/** The program under mocks, with the configuration of the local stack and changes of it. */
import * as pulumi from "@pulumi/pulumi";
import { collectResources, settled, type Registered } from "./mocks";
import { setStackConfiguration } from "./stack-configuration";

/** Container of a pod, as the program registers it. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly volumeMounts: readonly { readonly mountPath: string; readonly name: string }[];
  readonly [field: string]: unknown;
}

/** Spec of a pod, as the program registers it. */
export interface PodSpec {
  readonly containers: readonly [Container, ...Container[]];
  readonly volumes: readonly { readonly name: string; readonly emptyDir?: { readonly sizeLimit?: string } }[];
  readonly [field: string]: unknown;
}

/** Inputs of a resource with a pod template, of any other resource in part. */
export interface Inputs {
  readonly metadata: { readonly name: string; readonly labels?: unknown; readonly annotations?: unknown };
  readonly spec: {
    readonly template: { readonly metadata: { readonly labels: Record<string, string> }; readonly spec: PodSpec };
    readonly jobTemplate: { readonly spec: { readonly template: { readonly spec: PodSpec } } };
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** Kubernetes' objects that a program has registered. */
export class RegisteredProgram {
  private readonly resources: readonly Registered[];

  constructor(private readonly all: readonly Registered[]) {
    this.resources = all.filter(({ type }) => type.startsWith("kubernetes:"));
  }

  /** The inputs of a resource. Undefined if there is none of this kind and name. */
  find(kind: string, name: string): Inputs | undefined {
    const found = this.resources.find((each) => each.type.endsWith(`:${kind}`) && each.name === name);
    return found?.inputs as Inputs | undefined;
  }

  /**
   * The inputs of a resource.
   * @throws Error if there is none of this kind and name
   */
  inputs(kind: string, name: string): Inputs {
    const found = this.find(kind, name);
    if (found) return found;
    const names = this.resources.filter(({ type }) => type.endsWith(`:${kind}`)).map((each) => each.name);
    throw new Error(`there is no ${kind} ${name}; there are: ${names.join(", ")}`);
  }

  /** Names of a system's steps, in order. */
  stepsOf(system: string): string[] {
    const steps = this.all.filter(({ type, name }) => type === "runsheet:index:Step" && name.startsWith(`${system}-`));
    return steps.map(({ name }) => name.slice(system.length + 1));
  }

  /** Names of all resources of a kind. */
  names(kind: string): string[] {
    return this.resources.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ name }) => name);
  }
}

/**
 * Runs the program. The test file mocks components/kubernetes/kubeconfig, and runs it once.
 * @param changes keys of the local stack's configuration; undefined removes one
 * @param secrets secrets by key
 */
export async function runProgram(
  changes: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>> = {},
): Promise<RegisteredProgram> {
  const resources = collectResources("runsheet", "local");
  setStackConfiguration("local", changes, secrets);
  const main = jest.requireActual<() => Promise<Record<string, unknown>>>("../../index");
  await new Promise((resolve) => void main().then((outputs) => pulumi.output(outputs).apply(resolve)));
  await settled();
  return new RegisteredProgram(resources);
}
