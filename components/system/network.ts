/** Network policies of a system's namespace. */
import type * as pulumi from "@pulumi/pulumi";
import { NetworkIsolation, type Opening, type Peer } from "../kubernetes/network-isolation";
import type { Step } from "../runbook";
import { namesOf } from "../workload/names";
import type { SystemArgs } from "./args";
import type { SystemDescription } from "./description";
import { operationsOf, outsideOf } from "./destinations";
import { controllerOf, peersOf, type NetworkSettings } from "./network-settings";
import type { CommonSettings } from "./settings";

/** Label of the pods with CloudNativePG's servers, and of its Jobs. */
const servers = { matchExpressions: [{ key: "cnpg.io/cluster", operator: "Exists" }] };

/** Makes the policies, before anything runs in the namespace. */
export function isolate(
  { name }: Pick<SystemDescription, "name">,
  namespace: pulumi.Output<string>,
  args: SystemArgs<CommonSettings>,
  step: Step,
): NetworkIsolation {
  const { settings, secrets } = args;
  const { network, postgres, redis, workloads } = settings;
  const openings = [
    ...(postgres.engine === "cloudnativepg" ? ofDatabase(name, settings) : []),
    ...ofCertificate(name, settings),
    ...entrances(settings),
  ];
  return new NetworkIsolation(
    name,
    {
      ...{ namespace, openings },
      nameservers: network.dns,
      outside: outsideOf(name, settings, secrets),
      operations: operationsOf(args),
      application: Object.entries(workloads).map(([workload, each]) => namesOf(workload, each.port, each).deployment),
      silent: redis?.engine === "kubernetes" ? [`${name}-redis`] : [],
    },
    { parent: step },
  );
}

/** Openings of the workloads. Pods of a Deployment that is taken over have its selector, too. */
function entrances(settings: CommonSettings): Opening[] {
  const { ingress, network, workloads } = settings;
  const from = [...peersOf(network), ...(ingress ? [controller(controllerOf(ingress))] : [])];
  if (from.length === 0) return [];
  return Object.entries(workloads).map(([workload, each]) => ({
    name: `${workload}-entrance`,
    pods: { matchLabels: namesOf(workload, each.port, each).selector },
    from,
    ports: [each.port, ...(each.metrics.port === undefined ? [] : [each.metrics.port])],
  }));
}

const controller = (namespace: string): Peer => ({ namespace });

/** The operator asks the servers for their state. Their metrics are for the cluster's own Prometheus, where it is wanted. */
function ofDatabase(name: string, { network, postgres }: CommonSettings): Opening[] {
  const from = peersOf(network);
  const hasMonitor = postgres.engine === "cloudnativepg" && postgres.podMonitor && from.length > 0;
  return [
    toServers(name, network),
    ...(hasMonitor ? [{ name: `${name}-database-metrics`, pods: servers, from, ports: [9187] }] : []),
  ];
}

/** Opening for the operator of a system's database. */
export const toServers = (name: string, { operator }: Pick<NetworkSettings, "operator">): Opening => ({
  name: `${name}-operator`,
  pods: servers,
  from: [{ namespace: operator }],
  ports: [8000, 5432],
});

/** cert-manager proves by a pod of its own, behind the ingress, whose name it is (HTTP-01). */
function ofCertificate(name: string, { ingress }: CommonSettings): Opening[] {
  if (!ingress || (ingress.clusterIssuer ?? ingress.issuer) === undefined) return [];
  const pods = { matchLabels: { "acme.cert-manager.io/http01-solver": "true" } };
  return [{ name: `${name}-certificate`, pods, from: [controller(controllerOf(ingress))], ports: [8089] }];
}
