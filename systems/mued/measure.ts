import { QueryPerformance } from "../../components/checks/query-performance";
import type { Step } from "../../components/runbook";
import type { System } from "../../components/system";
import { queries } from "./performance";
import type { MuedSettings } from "./settings";

/** "Query Performance Testing", once the optimised indexes are there. */
export function queryPerformance(mued: System<MuedSettings>, step: Step): void {
  if (!mued.has("0003_optimize_rag_indexes")) return;
  const { load } = mued.settings.performance;
  new QueryPerformance(
    "mued-query-performance",
    {
      namespace: mued.namespace,
      image: mued.images.node,
      packages: mued.packages,
      environment: mued.database.owner.environment(),
      queries: load ? queries : queries.map(({ load: _, ...query }) => query),
      trigger: mued.triggers.database,
    },
    { parent: step },
  );
}
