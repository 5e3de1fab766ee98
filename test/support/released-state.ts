/**
 * Makes a fixture of a stack that a release has brought up: what holds data, and what that is in.
 *
 *     pulumi stack export --show-secrets --stack local |
 *       node --require ./register.cjs test/support/released-state.ts | gzip -9n > test/graph/released/COMMIT.json.gz
 *
 * Every secret is another text in it, and the outputs say what the last `up` left. The lab's stack has an empty passphrase, which
 * is what the fixture's is.
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

/** The state without what holds no data, and without its secrets. */
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

/** As the engine writes a secret that is not encrypted: the JSON of its value. And without what only Kubernetes looks at. */
function withoutSecrets(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, part: Record<string, unknown> | null) => {
    if (key === "managedFields") return undefined;
    return typeof part === "object" && part !== null && secret in part
      ? { [secret]: part[secret], plaintext: otherText(JSON.parse(part.plaintext as string)) }
      : part;
  });
}

/** A value of the same shape with other texts. */
const otherText = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === "string" ? "not the secret" : part));

if (require.main === module) {
  const state = JSON.parse(readFileSync(0, "utf8")) as Exported;
  console.log(JSON.stringify(releasedState(state)));
}
