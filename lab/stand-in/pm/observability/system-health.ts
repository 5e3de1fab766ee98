/** Health of the system's dependencies. Neo4j itself is not checked: its backlog shows its state. */
import type { Context } from "../../core/application";
import { errorMessage } from "../../core/log";
import { countWaiting, table as backlog } from "../neo4j-backlog";
import type { PmSettings } from "../settings";
import { isThere } from "../tables";

export interface Component {
  status: "healthy" | "unhealthy";
  error?: string;
  latencyMs: number;
  [figure: string]: unknown;
}

export interface SystemHealth {
  status: "healthy" | "unhealthy";
  components: Record<string, Component>;
}

/** Checks each component now. */
export async function systemHealth(
  { database, redis }: Pick<Context, "database" | "redis">,
  { backlogSize }: PmSettings,
): Promise<SystemHealth> {
  const components = {
    database: await inspect(() => database.check()),
    redis: await inspect(() => redis.check()),
    neo4jBacklog: await inspect(async () => {
      if (!(await isThere(database.query, backlog))) return { waiting: 0, limit: backlogSize };
      const waiting = await countWaiting(database.query, backlogSize);
      if (waiting >= backlogSize) throw new Error(`it is full: ${backlogSize} writes wait`);
      return { waiting, limit: backlogSize };
    }),
  };
  const healthy = Object.values(components).every(({ status }) => status === "healthy");
  return { status: healthy ? "healthy" : "unhealthy", components };
}

async function inspect(check: () => Promise<Record<string, unknown> | void>): Promise<Component> {
  const start = Date.now();
  try {
    const figures = await check();
    return { status: "healthy", latencyMs: Date.now() - start, ...figures };
  } catch (error) {
    return { status: "unhealthy", error: errorMessage(error), latencyMs: Date.now() - start };
  }
}
