/** Problems of the names of a system's workloads with each other. */
import { namesOf, type WorkloadNames } from "../workload/names";
import type { Workloads } from "./workload-settings";

interface Named extends WorkloadNames {
  readonly key: string;
  /** Labels of its pods. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Returns the problems: each names its key and what to do. */
export function workloadNameProblems(workloads: Workloads): string[] {
  const all = Object.entries(workloads).map(([name, settings]): Named => {
    const names = namesOf(name, settings.port, settings);
    const labels = { ...settings.labels, "app.kubernetes.io/name": names.deployment, ...names.selector };
    return { ...names, key: `workloads.${name}`, labels };
  });
  return all.flatMap((one, index) => [
    ...all.slice(0, index).flatMap((other) => sameNames(one, other)),
    ...all.flatMap((other) => (other !== one && selects(one, other) ? [wrongPods(one, other)] : [])),
  ]);
}

function sameNames(one: Named, other: Named): string[] {
  const same = (what: string, of: (named: Named) => string) =>
    of(one) === of(other)
      ? [`${one.key}.${what} and ${other.key}.${what} are both ${of(one)}; give one of them another name`]
      : [];
  return [
    ...same("deployment", ({ deployment }) => deployment),
    ...same("service.name", ({ service }) => service.name),
  ];
}

const selects = ({ selector }: Named, { labels }: Named) =>
  Object.entries(selector).every(([label, value]) => labels[label] === value);

const wrongPods = ({ key, selector }: Named, other: Named) =>
  `${key}.selector, ${JSON.stringify(selector)}, is also true of the pods of ${other.key}; add a label that only its own pods have`;
