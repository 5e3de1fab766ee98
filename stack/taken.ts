/** Differences between what runs and a workload as configured that would be an outage, or lose a part of it. */
import { isMade } from "../components/kubernetes/made";
import type { ManagedMetadata } from "../components/kubernetes/owner-changes";
import type { WorkloadNames } from "../components/workload/names";

type Labels = Readonly<Record<string, string>>;

interface Metadata extends ManagedMetadata {
  readonly name: string;
  readonly labels?: Labels;
}

/** Fields of a Deployment that are used here. */
export interface Deployment {
  readonly metadata: Metadata;
  readonly spec: {
    readonly selector: { readonly matchLabels?: Labels; readonly matchExpressions?: readonly unknown[] };
    readonly template: {
      readonly metadata?: { readonly labels?: Labels };
      readonly spec: { readonly containers: readonly { readonly name: string }[] };
    };
  };
}

/** Fields of a Service that are used here. */
export interface Service {
  readonly metadata: Metadata;
  readonly spec: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly selector?: Labels;
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly targetPort?: number | string;
    }[];
  };
}

/** Workload as it is to be. */
export interface Wanted extends WorkloadNames {
  /** Key of its settings. */
  readonly key: string;
  readonly namespace: string;
  /** True if the namespace is shared with others. */
  readonly isGuest: boolean;
  /** Port of the process. */
  readonly port: number;
  /** Labels of its pods. */
  readonly labels: Labels;
}

/** Returns why a Deployment of this name cannot become the workload's. */
export function deploymentProblems({ metadata, spec }: Deployment, wanted: Wanted): string[] {
  const { key, namespace, deployment, container, selector } = wanted;
  const what = `the Deployment ${namespace}/${deployment}`;
  const other = `${key}.deployment to another name`;
  const { matchLabels = {}, matchExpressions = [] } = spec.selector;
  if (matchExpressions.length > 0)
    return [`${what} selects its pods by expressions, which Runsheet has none of: set ${other}`];
  const problems = sameLabels(matchLabels, selector)
    ? []
    : [
        `${what} selects its pods by ${text(matchLabels)}, and ${key}.selector is ${text(selector)}; Kubernetes does not ` +
          `let it change: set ${key}.selector to ${text(matchLabels)}, or ${other}`,
      ];
  if (isMade(metadata)) return problems;
  const names = spec.template.spec.containers.map(({ name }) => name);
  const [name] = names;
  if (names.length > 1)
    return [
      ...problems,
      `${what} has the containers ${names.join(", ")}, and Runsheet's pods have one: take the others out first, or set ${other}`,
    ];
  if (name === container) return problems;
  return [...problems, `${what} has the container ${name}, and ${key}.container is ${container}: set it to ${name}`];
}

/** Returns why a Service of this name, which another tool made, cannot become the workload's. */
export function serviceProblems({ spec }: Service, { key, namespace, service }: Wanted): string[] {
  const what = `the Service ${namespace}/${service.name}`;
  const other = `set ${key}.service.name to another name; this one stays as it is, and reaches the same pods`;
  const type = spec.clusterIP === "None" ? "headless" : (spec.type ?? "ClusterIP");
  if (type !== "ClusterIP")
    return [
      `${what} is ${type === "headless" ? type : `of the type ${type}`}, and Runsheet's is a ClusterIP: ${other}`,
    ];
  const ports = (spec.ports ?? []).map(({ port }) => port);
  if (ports.length > 1) return [`${what} has the ports ${ports.join(", ")}, and Runsheet's has one: ${other}`];
  const [there] = spec.ports ?? [];
  if (!there) return [];
  const { port, name = "" } = there;
  const named = (text: string) => JSON.stringify(text);
  return [
    ...(port === service.port
      ? []
      : [
          `${what} has the port ${port}, and ${key}.service.port is ${service.port}: set ${key}.service.port to ${port}, or ${other}`,
        ]),
    // Until a Service's endpoints follow a new name of its port, it refuses requests.
    ...(name === service.portName
      ? []
      : [
          `${what} has the port's name ${named(name)}, and ${key}.service.portName is ${named(service.portName)}: set ${key}.service.portName to ${named(name)}, or ${other}`,
        ]),
  ];
}

/** Returns why the pods would no longer get the requests that a Service sends to those of a Deployment. */
export function routeProblems({ metadata, spec }: Service, deployment: Deployment, wanted: Wanted): string[] {
  const { key, namespace, labels, port } = wanted;
  const { selector = {}, ports = [] } = spec;
  const selected = Object.entries(selector);
  const { labels: there = {} } = deployment.spec.template.metadata ?? {};
  if (selected.length === 0 || !selected.every(([label, value]) => there[label] === value)) return [];
  const what = `the Service ${namespace}/${metadata.name}`;
  const missing = selected.filter(([label, value]) => labels[label] !== value);
  const unreached = ports.filter(({ port: own, targetPort = own }) => targetPort !== port && targetPort !== "http");
  return [
    ...(missing.length > 0
      ? [
          `${what} sends requests to pods with ${text(selector)}, and the new pods lack ${text(Object.fromEntries(missing))}: ` +
            `add that to ${key}.labels`,
        ]
      : []),
    ...unreached.map(({ port: own, targetPort = own }) =>
      typeof targetPort === "number"
        ? `${what} sends requests to the port ${targetPort} of the pods, and ${key}.port is ${port}: set it to ${targetPort}`
        : `${what} sends requests to the port "${targetPort}" of the pods, which the new pods do not have: set its targetPort to ${port} first`,
    ),
  ];
}

/** Returns why a Service of others would send users to new pods, beside those that run, before these are verified. */
export function unverifiedProblems({ metadata, spec }: Service, wanted: Wanted): string[] {
  const { key, namespace, labels, service } = wanted;
  const selected = Object.entries(spec.selector ?? {});
  if (isMade(metadata) || metadata.name === service.name) return [];
  if (selected.length === 0 || !selected.every(([label, value]) => labels[label] === value)) return [];
  return [
    `the Service ${namespace}/${metadata.name} sends requests to pods with ${text(spec.selector!)}, and so to the new pods ` +
      `before they are verified: set ${key}.deployment to the Deployment that runs, to take it over, or change ${key}.labels`,
  ];
}

const text = (labels: Labels) => JSON.stringify(sorted(labels));
const sorted = (labels: Labels) => Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
const sameLabels = (one: Labels, other: Labels) => text(one) === text(other);
