/** Configuration of a stack that has OmniOps alone, with its database and its Redis outside of the cluster. */
import { hostAddress } from "../../../lab/cluster/addresses";
import type { ThrowAwayRedis } from "../../services/redis";
import type { TeamDatabase } from "../../services/teams/team-database";
import { configurationOf } from "../stack-configuration";
import { databaseConfiguration, databaseSecrets, type Configuration } from "./configuration";

/** Keys of the local stack that this one has as well. */
const ofLab = [
  ...["pulumi:disable-default-providers", "runsheet:context", "runsheet:protect", "runsheet:images"],
  ...["release", "application", "generateSecrets", "supabaseUrl", "openaiOrganization"].map((key) => `omniops:${key}`),
];

/**
 * Returns the keys of the stack, and its secrets.
 * @param prefix prefix of its namespaces, such as "team-"
 */
export function omniopsAlone(
  prefix: string,
  database: TeamDatabase,
  redis: Pick<ThrowAwayRedis, "url">,
): { readonly config: Configuration; readonly secrets: Readonly<Record<string, string>> } {
  const team = [
    {
      ...{ system: "omniops", ca: database.server.ca, directory: database.directory },
      databaseUrl: database.databaseUrl(hostAddress),
      databaseDirectUrl: database.databaseDirectUrl(hostAddress),
    },
  ];
  const local = configurationOf("local");
  return {
    config: {
      ...Object.fromEntries(ofLab.map((key) => [key, local[key]])),
      ...databaseConfiguration(team),
      "runsheet:systems": ["omniops"],
      "runsheet:namespacePrefix": prefix,
      "runsheet:platform": { install: false },
      "omniops:redis": { engine: "external" },
    },
    secrets: { ...databaseSecrets(team), "omniops:redisUrl": redis.url },
  };
}
