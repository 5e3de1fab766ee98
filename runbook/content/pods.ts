/** Pods of Jobs and CronJobs, as far as a document shows them. */
import { filesOf as filesIn } from "../../components/kubernetes/file-keys";
import type { Resource } from "../source/graph";

export interface Container {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface Pod {
  /** Containers in the order in which they run. */
  readonly containers: readonly Container[];
  /** Text files by their path in the pod. Packed programs are left out. */
  readonly files: Readonly<Record<string, string>>;
}

/** The parts of a pod's specification that are read here. Each may be encrypted in a state, and is then not there. */
interface Spec {
  readonly initContainers?: readonly ContainerSpec[];
  readonly containers?: readonly ContainerSpec[];
  readonly volumes?: readonly VolumeSpec[];
}

interface ContainerSpec {
  readonly command?: readonly unknown[];
  readonly args?: readonly unknown[];
  readonly env?: readonly { readonly name?: unknown; readonly value?: unknown }[];
}

interface VolumeSpec {
  readonly name?: string;
  readonly configMap?: { readonly name?: string };
  readonly projected?: { readonly sources?: readonly { readonly configMap?: { readonly name?: string } }[] };
}

/** Mount path of a task's files. */
const mounted = "/runsheet/";

/**
 * Reads a pod.
 * @param graph all resources of the stack, for the files that it mounts
 */
export function podOf(spec: unknown, graph: readonly Resource[], namespace: string): Pod {
  const { initContainers, containers, volumes } = (spec ?? {}) as Spec;
  const names = arrayOf(volumes).flatMap(({ configMap, projected }) => [
    ...(configMap?.name === undefined ? [] : [configMap.name]),
    ...arrayOf(projected?.sources).flatMap((source) => source.configMap?.name ?? []),
  ]);
  return {
    containers: [...arrayOf(initContainers), ...arrayOf(containers)].map(containerOf),
    files: Object.assign({}, ...names.map((name) => filesOf(graph, namespace, name))) as Record<string, string>,
  };
}

function containerOf({ command, args, env }: ContainerSpec): Container {
  const values = arrayOf(env).flatMap(({ name, value }) =>
    typeof name === "string" && typeof value === "string" ? [[name, value] as const] : [],
  );
  return {
    command: unwrapped([...arrayOf(command), ...arrayOf(args)].map(shown)),
    environment: Object.fromEntries(values),
  };
}

/** Marks a value that is a secret in the state. */
const shown = (value: unknown) => (typeof value === "string" ? value : "[secret]");

/** Returns the command without the shell that only hands its errors to the next container. */
function unwrapped(command: readonly string[]): readonly string[] {
  const [shell, option, script = "", name, ...wrapped] = command;
  const hands = shell === "sh" && option === "-c" && name === "sh" && script.includes(`"$@"`);
  return hands && wrapped.length > 0 ? wrapped : command;
}

function filesOf(graph: readonly Resource[], namespace: string, name: string): Record<string, string> {
  const found = graph.find(({ type, inputs }) => {
    const metadata = inputs.metadata as { readonly name?: string; readonly namespace?: string } | undefined;
    return type === "kubernetes:core/v1:ConfigMap" && metadata?.name === name && metadata.namespace === namespace;
  });
  const texts = filesIn(found?.inputs ?? {});
  return Object.fromEntries(
    Object.entries(texts).flatMap(([path, content]) => (/\.c?js$/.test(path) ? [] : [[mounted + path, content]])),
  );
}

/** The list, or an empty one where it is encrypted. */
const arrayOf = <T>(value: readonly T[] | undefined): readonly T[] => (Array.isArray(value) ? (value as T[]) : []);
