/** Dashboards of the systems that Runsheet knows, and of the platform. */
import type { Dashboard } from "../components/monitoring/dashboard";
import { platformDashboards } from "../components/monitoring/platform-dashboards";
import type { CommonSettings } from "../components/system/settings";
import { aiBackendDashboards } from "./ai-backend/dashboards";
import type { AiBackendSettings } from "./ai-backend/settings";
import { muedDashboards } from "./mued/dashboards";
import type { MuedSettings } from "./mued/settings";
import { omniopsDashboards } from "./omniops/dashboards";
import { pmDashboards } from "./pm/dashboards";
import { prismDashboards } from "./prism/dashboards";

type OfSystem = (namespace: string, settings: CommonSettings | undefined) => readonly Dashboard[];

/** Dashboards of each system, by its name, in the order in which summaries list the systems. */
const ofSystems: Readonly<Record<string, OfSystem>> = {
  prism: (namespace) => prismDashboards(namespace),
  omniops: (namespace) => omniopsDashboards(namespace),
  mued: (namespace, settings) => muedDashboards(namespace, (settings as MuedSettings | undefined)?.slo),
  pm: (namespace) => pmDashboards(namespace),
  "ai-backend": (namespace, settings) => {
    const { latencyMetric: latency, requestsMetric: requests } =
      (settings as AiBackendSettings | undefined)?.objectives ?? {};
    return aiBackendDashboards(namespace, { latency, requests });
  },
};

/** Namespaces of the systems of a stack that names none. */
export const usualNamespaces: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(ofSystems).map((name) => [name, name])),
  // "namespace: production" of its runbook.
  omniops: "production",
};

/**
 * Returns the dashboards of a stack's systems, and those of the platform over their namespaces.
 * @param namespaces namespace by the system's name. A system that Runsheet does not know has none of its own
 * @param settings settings by the system's name: MUED's objectives and the AI Backend's metrics are in them. Default:
 *   the usual ones
 */
export function stackDashboards(
  namespaces: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, CommonSettings>> = {},
): readonly Dashboard[] {
  const [first, ...more] = Object.values(namespaces);
  if (first === undefined) return [];
  const own = Object.entries(namespaces).flatMap(([name, namespace]) => {
    return ofSystems[name]?.(namespace, settings[name]) ?? [];
  });
  return [...platformDashboards([first, ...more]), ...own];
}
