import * as pulumi from "@pulumi/pulumi";
import { manifestObjects, type KubernetesObject } from "../platform/manifest";
import { definedKinds, ManifestObject } from "../platform/objects";
import { operatorManifest } from "./versions";

export interface PrometheusOperatorArgs {
  /** Namespace. The kinds' Helm release, with its record, is in it, too. */
  readonly namespace: pulumi.Resource;
  /** Its name, for the objects of the manifest, which have names of their own in Pulumi. */
  readonly namespaceName: string;
  readonly images: { readonly operator: string; readonly configReloader: string };
  /** Keeps the kinds in the stack until `pulumi state unprotect`. In the cluster they are kept in any case. */
  readonly protect: boolean;
}

/** Name of the Helm release of the operator's kinds, with which they are annotated in the cluster. */
export const monitoringKinds = "monitoring-kinds";

/**
 * The Prometheus operator from its release manifest: its kinds, its rights, and its Deployment, which is admitted under
 * the restricted standard as it is.
 */
export class PrometheusOperator extends pulumi.ComponentResource {
  /** The kinds, for the objects of them. */
  readonly kinds: pulumi.Resource;

  constructor(
    args: PrometheusOperatorArgs,
    objects: readonly KubernetesObject[],
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:PrometheusOperator", "prometheus-operator", {}, opts);
    const { namespace, namespaceName, protect } = args;
    const within = { parent: this, dependsOn: [namespace] };
    const definitions = objects.filter(isDefinition);
    this.kinds = definedKinds(monitoringKinds, namespaceName, definitions, { ...within, protect });
    const rights = objects.filter((object) => !isDefinition(object) && !isRunning(object));
    const made = rights.map((object) => new ManifestObject(prepared(object, args), within));
    const dependsOn = [this.kinds, ...made];
    for (const object of objects.filter(isRunning))
      new ManifestObject(prepared(object, args), { parent: this, dependsOn });
    this.registerOutputs({});
  }

  /** Returns the objects of the manifest, from the cache or downloaded. */
  static manifest(cache: string): Promise<KubernetesObject[]> {
    return manifestObjects(operatorManifest, cache);
  }
}

const isDefinition = ({ kind }: KubernetesObject) => kind === "CustomResourceDefinition";
const isRunning = ({ kind }: KubernetesObject) => kind === "Deployment" || kind === "Service";

/** Namespace of the manifest's objects. */
const releaseNamespace = "default";

/** Returns an object of the manifest in this namespace, with these images. */
export function prepared(
  object: KubernetesObject,
  { namespaceName, images }: Pick<PrometheusOperatorArgs, "namespaceName" | "images">,
): KubernetesObject {
  const reloader = "--prometheus-config-reloader=";
  const text = JSON.stringify(object, (key, value: unknown) => {
    if (key === "namespace" && value === releaseNamespace) return namespaceName;
    // The kinds have properties of that name.
    if (key === "image" && typeof value === "string") return images.operator;
    return typeof value === "string" && value.startsWith(reloader) ? `${reloader}${images.configReloader}` : value;
  });
  return JSON.parse(text) as KubernetesObject;
}
