/** Configuration of a stack with the five systems on the databases of their teams, made of the local stack's. */
import { names } from "../../../systems";

/** Database of a team, as its stack names it. */
export interface NamedDatabase {
  readonly system: string;
  /** Certificate authority of its server, as PEM. */
  readonly ca: string;
  /** Directory of the team's migrations. Default: the system has none. */
  readonly directory?: string;
}

type Configuration = Readonly<Record<string, unknown>>;

const isSecret = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;

/** Keys of the stack itself that the other stack on this cluster has as well. */
const shared = ["runsheet:context", "runsheet:protect", "runsheet:images", "runsheet:backups"];
/** Keys of a system for a database of the stack's own. */
const ofOwnDatabase = ["baseline", "postgres", "performance"];

/**
 * Returns the configuration without its secrets: the stack's prefix, and each system's database and migrations.
 * @param local configuration of the stack `local`
 */
export function teamsConfiguration(local: Configuration, databases: readonly NamedDatabase[]): Configuration {
  const kept = Object.entries(local).filter(([key, value]) => {
    const [namespace, name] = key.split(":") as [string, string];
    const ofSystem = names.includes(namespace) && !ofOwnDatabase.includes(name);
    return !isSecret(value) && (ofSystem || namespace === "pulumi" || shared.includes(key));
  });
  const ofTeams = databases.flatMap(({ system, ca, directory }): (readonly [string, unknown])[] => [
    // A small project of Supabase has 60 connections, and PRISM six pods.
    [`${system}:postgres`, { engine: "existing", ca, connections: 3 }],
    ...(directory === undefined ? [] : ([[`${system}:migrations`, { sql: directory }]] as const)),
  ]);
  return {
    ...Object.fromEntries(kept),
    "runsheet:namespacePrefix": "team-",
    "runsheet:platform": { install: false },
    ...Object.fromEntries(ofTeams),
  };
}
