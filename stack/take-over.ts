/** Deployments and Services that run under the names of the stack's workloads, and that another tool has made. */
import * as pulumi from "@pulumi/pulumi";
import { isForeign, pathOf, type Taken } from "../components/kubernetes/take-over";
import { namesOf } from "../components/workload/names";
import type { Cluster } from "./cluster";
import type { ConfiguredSystem } from "./configured-system";
import { namespaceOf } from "./namespaces";
import { refusal } from "./refusal";
import {
  deploymentProblems,
  routeProblems,
  serviceProblems,
  type Deployment,
  unverifiedProblems,
  type Service,
  type Wanted,
} from "./taken";

interface ServiceList {
  readonly items: readonly Service[];
}

/**
 * Finds what the stack takes over, and says so.
 * @throws RunError that lists every difference that would be an outage, with its key and value
 */
export async function whatRuns(
  cluster: Cluster,
  systems: readonly ConfiguredSystem[],
  prefix: string,
): Promise<readonly Taken[]> {
  const found = await Promise.all(wantedOf(systems, prefix).map((wanted) => lookAt(cluster, wanted)));
  const problems = found.flatMap((each) => each.problems);
  if (problems.length > 0) throw refusal("what runs cannot be taken over as configured", problems);
  const taken = found.flatMap((each) => each.taken);
  for (const { kind, namespace, name } of taken)
    await pulumi.log.info(
      `the ${kind} ${namespace}/${name}, which another tool made, is taken over: what the runbook and the configuration do not have is removed from it`,
    );
  return taken;
}

/** Lists the workloads as they are to be. */
function wantedOf(systems: readonly ConfiguredSystem[], prefix: string): Wanted[] {
  return systems.flatMap((configured) => {
    const { system, settings } = configured;
    return Object.entries(settings.workloads).map(([workload, own]): Wanted => {
      const names = namesOf(workload, own.port, own);
      const ofRunsheet = { "app.kubernetes.io/name": names.deployment, "app.kubernetes.io/part-of": system.name };
      return {
        ...names,
        key: `${system.name}:workloads.${workload}`,
        namespace: namespaceOf(configured, prefix),
        isGuest: !settings.namespace.create,
        port: own.port,
        labels: { ...own.labels, ...ofRunsheet, ...names.selector },
      };
    });
  });
}

async function lookAt({ read }: Cluster, wanted: Wanted): Promise<{ problems: string[]; taken: Taken[] }> {
  const { namespace } = wanted;
  const ofDeployment: Taken = { kind: "Deployment", namespace, name: wanted.deployment };
  const ofService: Taken = { kind: "Service", namespace, name: wanted.service.name };
  const [deployment, service] = await Promise.all([
    read<Deployment>(pathOf(ofDeployment)),
    read<Service>(pathOf(ofService)),
  ]);
  const foreign = deployment && isForeign(deployment.metadata) ? deployment : undefined;
  const foreignService = service && isForeign(service.metadata) ? service : undefined;
  const isNew = wanted.isGuest && !deployment;
  const list = foreign || isNew ? await read<ServiceList>(`/api/v1/namespaces/${namespace}/services`) : undefined;
  const services = list?.items ?? [];
  return {
    problems: [
      ...(deployment ? deploymentProblems(deployment, wanted) : []),
      ...(foreignService ? serviceProblems(foreignService, wanted) : []),
      // Services that send requests to what runs must reach the new pods, too; beside what runs they must not.
      ...(foreign ? services.flatMap((each) => routeProblems(each, foreign, wanted)) : []),
      ...(isNew ? services.flatMap((each) => unverifiedProblems(each, wanted)) : []),
    ],
    taken: [...(foreign ? [ofDeployment] : []), ...(foreignService ? [ofService] : [])],
  };
}
