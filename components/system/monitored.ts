/** A system as the monitoring sees it, from its settings and what its first steps provide. */
import type { Check } from "../checks";
import { asConfigured } from "../checks/literally";
import type { Environment, SecretKey } from "../kubernetes/environment";
import type { MonitoredAddress, MonitoredSystem, MonitoredWorkload } from "../monitoring/monitored";
import { poolerName } from "../postgres/pooler";
import { namesOf } from "../workload/names";
import type { Configured } from "./configuration";
import type { Foundation } from "./foundation";
import { pullingOf } from "./private-images";
import { areAsUsersReach } from "./public-url";
import type { CommonSettings } from "./settings";
import type { WorkloadSettings } from "./workload-settings";

/**
 * Describes the system.
 * @param configured the application's variables. Undefined if the system has none
 */
export function monitoredSystem(
  foundation: Foundation,
  configured: Configured | undefined,
  addresses: readonly MonitoredAddress[],
): MonitoredSystem {
  const { description, namespace, isolation, args } = foundation;
  const { workloads, publicCa } = args.settings;
  return {
    name: description.name,
    namespace,
    workloads: Object.entries(workloads)
      .filter(([, { metrics }]) => metrics.scrape)
      .map(([name, settings]) => monitoredWorkload(name, settings, configured)),
    database: databaseOf(foundation),
    redis: redisOf(foundation),
    maintenanceKeys: description.maintenanceKeys,
    addresses,
    publicCa,
    pulling: pullingOf(description.name, args),
    isolation,
  };
}

/**
 * Returns what users reach: what the system's checks ask of it without a login; without them the root of `publicUrl` or of the ingress,
 * which may have nothing at that path.
 */
export function addressesOf(settings: CommonSettings, checks: readonly Check[]): MonitoredAddress[] {
  const { publicUrl, ingress } = settings;
  const asked = checks
    .filter((check) => areAsUsersReach(settings, [check]))
    .flatMap((check) => ("url" in check && !check.headers ? [{ url: asConfigured(check.url), success: true }] : []));
  if (asked.length > 0) return asked;
  const root = publicUrl ?? (ingress && `https://${ingress.host}/`);
  return root === undefined ? [] : [{ url: root, success: false }];
}

function monitoredWorkload(
  workload: string,
  settings: WorkloadSettings,
  configured: Configured | undefined,
): MonitoredWorkload {
  const { path, port, authorization, interval } = settings.metrics;
  const { deployment: name, selector } = namesOf(workload, settings.port, settings);
  const token = authorization === undefined ? undefined : secretOf(authorization, configured);
  return { name, selector, path, port, authorization: token, interval };
}

/** Finds the Secret that a variable of the application is in. stack/system-section.ts makes sure that there is one. */
function secretOf(variable: string, configured: Configured | undefined): SecretKey | undefined {
  const reference = configured?.secretVariables[variable];
  return typeof reference === "object" && "secret" in reference
    ? { secret: reference.secret, key: reference.key }
    : undefined;
}

/** CloudNativePG's servers export metrics themselves; another server is asked as the owner of the database. */
function databaseOf({ args, database }: Foundation): MonitoredSystem["database"] {
  const { postgres } = args.settings;
  const { name } = args.databases;
  if (postgres.engine === "cloudnativepg")
    return { cluster: name, pooler: postgres.pooler ? poolerName(name) : undefined };
  const { owner } = database;
  return { url: owner.urlForGo ?? { ...owner.url(), key: "uri" }, environment: owner.trustForGo() };
}

function redisOf({ redis }: Foundation): Environment | undefined {
  if (!redis) return undefined;
  const { REDIS_CA_FILE: authority } = redis.trust();
  return { REDIS_ADDR: redis.url, ...(authority && { REDIS_EXPORTER_TLS_CA_CERT_FILE: authority }) };
}
