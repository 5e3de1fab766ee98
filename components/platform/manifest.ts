import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeWholeFile } from "../kubernetes/atomic-write";

/** A project's release manifest, pinned by its content. */
export interface ManifestSource {
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
}

/** A Kubernetes object as a manifest has it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string } & Record<string, unknown>;
  readonly [key: string]: unknown;
}

/**
 * The objects of a release manifest. The text is looked for in `directory` under its checksum and fetched from its
 * address when it is not there; in either case it is parsed only if the checksum is the pinned one. The parsed objects
 * are kept beside it, and trusted from then on, since parsing a megabyte of YAML takes longer than the rest of a preview; for the same reason the
 * descriptions of a custom resource's fields, four fifths of the text, are left out.
 * @throws Error that names the manifest, if it cannot be fetched or is not what was pinned
 */
export async function manifestObjects(source: ManifestSource, directory: string): Promise<KubernetesObject[]> {
  const parsed = join(directory, `${source.sha256}.compact.json`);
  if (existsSync(parsed)) return JSON.parse(await readFile(parsed, "utf8")) as KubernetesObject[];
  const stored = join(directory, `${source.sha256}.yaml`);
  const text = existsSync(stored) ? await readFile(stored, "utf8") : await fetchText(source);
  const actual = createHash("sha256").update(text).digest("hex");
  if (actual !== source.sha256) {
    throw new Error(
      `the manifest of ${source.name} is not the one that was pinned: SHA-256 ${actual}, expected ${source.sha256}`,
    );
  }
  const { parseAllDocuments } = await import("yaml");
  const documents = parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject | null);
  const objects = documents.filter((object) => object !== null).map(compact);
  writeWholeFile(stored, text);
  writeWholeFile(parsed, JSON.stringify(objects));
  return objects;
}

async function fetchText({ name, url }: ManifestSource): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return await response.text();
  } catch (error) {
    const wayOut = "check the network, or set runsheet:platform.install to false if the cluster has the operators";
    throw new Error(`cannot fetch the manifest of ${name} from ${url}: ${String(error)}; ${wayOut}`, { cause: error });
  }
}

/** A definition of a kind without the descriptions of its fields. */
function compact(object: KubernetesObject): KubernetesObject {
  if (object.kind !== "CustomResourceDefinition") return object;
  const text = JSON.stringify(object, (key, value: unknown) => {
    if (key === "description" && typeof value === "string") return undefined;
    return value;
  });
  return JSON.parse(text) as KubernetesObject;
}
