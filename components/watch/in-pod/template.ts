/** Comparison of two releases' pods. */
import { isOfRelease, repositoryOf, tagOf } from "../../kubernetes/image-tag";

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Template of a Deployment's pods. */
export interface Template {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly spec: {
    readonly containers: readonly {
      readonly image: string;
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
    }[];
    readonly [field: string]: unknown;
  };
}

const versionLabel = "app.kubernetes.io/version";
/** Set by the ReplicaSet's controller, and by a restart. */
const ofCluster = ["pod-template-hash", "kubectl.kubernetes.io/restartedAt"];

/**
 * Lists the fields in which two templates differ beside the release: it is in the tag of images, or a digest, a label and the variable
 * RELEASE. Empty if nothing but the release has changed.
 */
export const differences = (one: Template, other: Template): string[] => [
  ...new Set(differing(withoutRelease(one), withoutRelease(other), "")),
];

/** Returns the template without what the cluster has added to it. */
export function cleaned(template: Template): Template {
  const { labels, annotations, creationTimestamp: _, ...metadata } = template.metadata;
  return {
    ...template,
    metadata: { ...metadata, ...filled("labels", labels), ...filled("annotations", annotations) },
  };
}

function filled(name: string, values: Readonly<Record<string, string>> = {}) {
  const own = Object.entries(values).filter(([key]) => !ofCluster.includes(key));
  return own.length > 0 ? { [name]: Object.fromEntries(own) } : {};
}

function withoutRelease(template: Template): Json {
  const { metadata, spec } = cleaned(template);
  const release = metadata.labels?.[versionLabel];
  const { [versionLabel]: _, ...labels } = metadata.labels ?? {};
  const containers = spec.containers.map(({ image, env = [], ...container }) => ({
    ...container,
    image: release !== undefined && isOf(release, image) ? repositoryOf(image) : image,
    env: env.map((each) => (each.name === "RELEASE" && each.value === release ? { name: "RELEASE" } : each)),
  }));
  return { metadata: { ...metadata, labels }, spec: { ...spec, containers } };
}

/** Tells whether an image is of a release: by its tag, or by a digest alone. */
function isOf(release: string, image: string): boolean {
  const tag = tagOf(image);
  return tag === undefined || isOfRelease(tag, release);
}

/** Paths at which two values differ. */
function differing(one: Json | undefined, other: Json | undefined, path: string): string[] {
  if (!isObject(one) || !isObject(other)) return one === other ? [] : [path.slice(1)];
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return keys.flatMap((key) => differing(one[key], other[key], `${path}.${nameOf(one, other, key)}`));
}

/** An entry of a list is named by its own name, where it has one. */
function nameOf(one: Container, other: Container, key: string): string {
  const entry = one[key] ?? other[key];
  return Array.isArray(one) && isObject(entry) && typeof entry.name === "string" ? entry.name : key;
}

type Container = Readonly<Record<string, Json>>;
const isObject = (value: Json | undefined): value is Container => typeof value === "object" && value !== null;
