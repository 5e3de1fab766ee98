/** Secrets of others that the stack names: those that it reads are there, and it makes none that is theirs. */
import { isMade, type MadeMetadata } from "../components/kubernetes/made";
import type { Cluster } from "./cluster";
import type { ConfiguredSystem } from "./configured-system";
import { namespaceOf } from "./namespaces";
import { refusal } from "./refusal";

interface Secret {
  readonly metadata: MadeMetadata;
  readonly data?: Readonly<Record<string, unknown>>;
}

/**
 * Checks the Secrets that the configuration names, by their keys alone.
 * @throws RunError that lists those that are missing, lack a key, or would be overwritten
 */
export async function refuseUnfitSecrets(
  { read }: Cluster,
  systems: readonly ConfiguredSystem[],
  prefix: string,
): Promise<void> {
  const problems = await Promise.all(
    systems.map(async (configured) => {
      const { name, create, keys } = configured.settings.secret;
      if (name === undefined) return [];
      const namespace = namespaceOf(configured, prefix);
      const found = await read<Secret>(`/api/v1/namespaces/${namespace}/secrets/${name}`);
      const key = `${configured.system.name}:secret`;
      const problem = create ? overwritten(found, key) : lacking(found, keys, key);
      return problem === undefined ? [] : [`the Secret ${namespace}/${name} ${problem}`];
    }),
  );
  if (problems.flat().length > 0) throw refusal("Secrets cannot be used as configured", problems.flat());
}

const overwritten = (found: Secret | undefined, key: string) =>
  found && !isMade(found.metadata)
    ? `was made by another tool, and would be overwritten: set ${key}.create to false to read it, with ${key}.keys for its variables, or ${key}.name to another name`
    : undefined;

function lacking(found: Secret | undefined, keys: Readonly<Record<string, string>>, key: string): string | undefined {
  if (found && isMade(found.metadata))
    return `was made by Runsheet, which deletes it when ${key}.create is false: make one of another name, and set ${key}.name to it`;
  if (!found) return `does not exist, and ${key}.create is false: make it first, or correct ${key}.name`;
  const missing = Object.entries(keys).filter(([, each]) => !(each in (found.data ?? {})));
  if (missing.length === 0) return undefined;
  const list = missing.map(([variable, each]) => `${each} for ${variable}`).join(", ");
  const there = Object.keys(found.data ?? {}).join(", ") || "none";
  return `lacks the key ${list}; it has ${there}: add it, or correct ${key}.keys`;
}
