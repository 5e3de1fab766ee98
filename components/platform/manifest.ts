import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { keep, readKept } from "../identity/kept.cjs";
import { writeWholeFile } from "../identity/whole-file.cjs";

/** Release manifest of a project, pinned by its checksum. */
export interface ManifestSource {
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
  /** Setting with which the manifest is not needed, for the error if it cannot be fetched. */
  readonly wayOut: string;
}

/** Kubernetes object of a manifest. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string } & Record<string, unknown>;
  readonly [key: string]: unknown;
}

/**
 * Returns the objects of a release manifest. The text is read from `directory`, where it is stored under its checksum,
 * or downloaded. It is parsed only if it has the pinned checksum.
 *
 * The parsed objects are kept beside it, since parsing a megabyte of YAML takes longer than the rest of a preview. For the
 * same reason the descriptions of a CustomResourceDefinition's fields are left out: they are four fifths of the text.
 * @throws Error with the manifest's name, if it cannot be downloaded or has another checksum
 */
export async function manifestObjects(source: ManifestSource, directory: string): Promise<KubernetesObject[]> {
  const parsed = join(directory, `${source.sha256}.sealed`);
  const found = readKept(parsed);
  if (found !== undefined) return JSON.parse(found) as KubernetesObject[];
  const stored = join(directory, `${source.sha256}.yaml`);
  const text = existsSync(stored) ? await readFile(stored, "utf8") : await fetchText(source);
  const actual = createHash("sha256").update(text).digest("hex");
  if (actual !== source.sha256) {
    throw new Error(
      `the manifest of ${source.name} has the SHA-256 ${actual}, expected ${source.sha256}: it was changed or damaged after it was pinned`,
    );
  }
  const { parseAllDocuments } = await import("yaml");
  const documents = parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject | null);
  const objects = documents.filter((object) => object !== null).map(compact);
  writeWholeFile(stored, text);
  keep(parsed, JSON.stringify(objects));
  return objects;
}

async function fetchText({ name, url, wayOut }: ManifestSource): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return await response.text();
  } catch (error) {
    const remedy = `${viaProxy(process.env) ?? "check the network"}, or ${wayOut}`;
    throw new Error(`cannot fetch the manifest of ${name} from ${url}: ${String(error)}; ${remedy}`, { cause: error });
  }
}

/** Advice where a proxy is set: Node.js' own requests take none unless they are told to. */
const viaProxy = ({ HTTPS_PROXY, https_proxy, NODE_USE_ENV_PROXY }: NodeJS.ProcessEnv): string | undefined =>
  (HTTPS_PROXY ?? https_proxy) !== undefined && NODE_USE_ENV_PROXY !== "1"
    ? "set NODE_USE_ENV_PROXY=1, with which Node.js (22.21, or 24.5 and later) goes through HTTPS_PROXY"
    : undefined;

/** Removes the descriptions of a CustomResourceDefinition's fields. */
function compact(object: KubernetesObject): KubernetesObject {
  if (object.kind !== "CustomResourceDefinition") return object;
  const text = JSON.stringify(object, (key, value: unknown) => {
    if (key === "description" && typeof value === "string") return undefined;
    return value;
  });
  return JSON.parse(text) as KubernetesObject;
}
