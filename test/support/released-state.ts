/**
 * Makes a fixture from the state of a stack that a release has deployed. It keeps the resources that hold data, with
 * their parents and providers.
 *
 *     pulumi stack export --show-secrets --stack local |
 *       node --require ./register.cjs test/support/released-state.ts | gzip -9n > test/graph/released/COMMIT.json.gz
 *
 * Every secret is replaced by another text, and the outputs are those of the last `up`. The passphrase is empty, as in
 * the lab's stack.
 */
import { readFileSync } from "node:fs";
import { holdsData, parsed } from "./data";

interface Resource {
  urn: string;
  type: string;
  parent?: string;
  provider?: string;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[] | null>;
  deletedWith?: string;
  [key: string]: unknown;
}

interface Exported {
  version: number;
  deployment: { manifest: object; secrets_providers: object; resources: Resource[] };
}

const secret = "4dabf18193072939515e22adb298388d";

/** Returns the state with only the resources that hold data, their parents and providers, and without secret values. */
export function releasedState({ version, deployment }: Exported): object {
  const { resources, ...others } = deployment;
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const kept = new Set<string>();
  const keep = (urn: string | undefined): void => {
    if (urn === undefined || kept.has(urn)) return;
    kept.add(urn);
    const resource = byUrn.get(urn)!;
    keep(resource.parent);
    keep(resource.provider?.split("::").slice(0, -1).join("::"));
  };
  for (const { urn, type } of resources)
    if (type === "pulumi:pulumi:Stack" || holdsData(type, parsed(urn).name)) keep(urn);
  const among = (urns: string[] | null | undefined) => urns?.filter((urn) => kept.has(urn));
  const trimmed = resources
    .filter(({ urn }) => kept.has(urn))
    .map((resource) => ({
      ...resource,
      sourcePosition: undefined,
      dependencies: among(resource.dependencies),
      propertyDependencies:
        resource.propertyDependencies &&
        Object.fromEntries(Object.entries(resource.propertyDependencies).map(([key, urns]) => [key, among(urns)])),
      deletedWith: resource.deletedWith && kept.has(resource.deletedWith) ? resource.deletedWith : undefined,
    }));
  return { version, deployment: { ...others, resources: trimmed.map((resource) => withoutSecrets(resource)) } };
}

/** Replaces secrets by another text, in the engine's plaintext form (the value as JSON). Drops `managedFields`. */
function withoutSecrets(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, part: Record<string, unknown> | null) => {
    if (key === "managedFields") return undefined;
    return typeof part === "object" && part !== null && secret in part
      ? { [secret]: part[secret], plaintext: otherText(JSON.parse(part.plaintext as string)) }
      : part;
  });
}

/** Returns the value as JSON with every string replaced. */
const otherText = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === "string" ? "not the secret" : part));

if (require.main === module) {
  const state = JSON.parse(readFileSync(0, "utf8")) as Exported;
  console.log(JSON.stringify(releasedState(state)));
}
