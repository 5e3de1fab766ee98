/**
 * "Database Optimization": the guide raises the pool of each pod, and "Horizontal Scaling" the number of pods. What the
 * server has must be enough for the largest product of both.
 */
import type { Check } from "../../components/checks";
import type { CommonSettings } from "../../components/system/settings";

/** The settings that decide how many connections the pods take. */
interface Pools {
  /** Connections of each pod. */
  readonly databaseMaxConnections: number;
  readonly scaling: { readonly max: number };
}

type Database = Pick<CommonSettings, "postgres">;

/** Connections of a server that the stack makes, unless the stack says otherwise. */
export const serverConnections = 200;

/** Connections that are not the pods': PostgreSQL's default for superusers, and some for checks and people. */
const others = 3 + 7;

/** In a rollout all pods of the release before may still be ending while all of the new one have begun. */
const largest = ({ databaseMaxConnections, scaling }: Pools) => databaseMaxConnections * scaling.max * 2;

const demand = (pools: Pools) =>
  `${pools.databaseMaxConnections} connections for each of up to ${pools.scaling.max} pods, and for as many that end in a rollout, are ${largest(pools)}`;

/** Returns the problem if a server that the stack makes has too few connections for the pods. */
export function missingConnections(settings: Pools & Database): string[] {
  const { postgres, databaseMaxConnections, scaling } = settings;
  if (postgres.engine !== "cloudnativepg") return [];
  const available = Number(postgres.parameters.max_connections ?? serverConnections);
  const needed = largest(settings) + others;
  if (needed <= available) return [];
  return [
    `databaseMaxConnections: needs ${needed} connections (${databaseMaxConnections} x ${scaling.max} pods x 2 during rollouts, + ${others} reserved); the server allows ${available}: lower it or scaling.max, or set ai-backend:postgres.parameters.max_connections to "${needed}"`,
  ];
}

/** Checks that the server has enough connections beside those that others hold at this moment. */
export const enoughConnections = (settings: Pools & Database): Check => ({
  name: "enough connections for every pod",
  // A name is all that a role sees of another's session; few background processes have one.
  sql: `SELECT setting.most - busy.others >= ${largest(settings)} AS enough, setting.most AS "server", busy.others
    FROM (SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most) AS setting,
      (SELECT count(*)::int AS others FROM pg_stat_activity
        WHERE usename <> 'ai_backend_app') AS busy`,
  row: { enough: true },
  show: true,
  hint: `${demand(settings)}: lower ai-backend:databaseMaxConnections or scaling.max, or raise the server's max_connections.`,
  // A server that the stack makes is started again when its max_connections was raised.
  withinSeconds: settings.postgres.engine === "external" ? 60 : 120,
});
