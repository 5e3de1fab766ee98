import { QueryPerformance } from "../../components/checks/query-performance";
import type { Step } from "../../components/runbook";
import type { System } from "../../components/system";
import { named, queries } from "./performance";
import { isDevelopment, type MuedSettings } from "./settings";

/**
 * "Query Performance Testing", in development, once the optimised indexes are there; on a schema of the team's own for the queries whose
 * index has a name that is known.
 */
export function queryPerformance(mued: System<MuedSettings>, step: Step): void {
  if (!isDevelopment(mued.settings) || !mued.has("rag_indexes")) return;
  const { load } = mued.settings.performance;
  const measured = mued.schemaIsShipped ? queries : named;
  new QueryPerformance(
    "mued-query-performance",
    {
      namespace: mued.namespace,
      image: mued.images.node,
      packages: mued.packages,
      environment: mued.database.owner.environment(),
      queries: load ? measured : measured.map(({ load: _, ...query }) => query),
      trigger: mued.triggers.database,
    },
    { parent: step },
  );
}
