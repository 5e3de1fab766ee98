/** Versions of the operators. Their CustomResourceDefinitions and RBAC rules are those of the pinned manifests. */
import { tagOf } from "../kubernetes/image-tag";

export const cloudnativepgVersion = "1.30.0";
export const barmanPluginVersion = "0.14.0";

/** Namespace of the operators, as in their manifests. */
export const platformNamespace = "cnpg-system";

/** Helm release of the operators' kinds, which every stack of a cluster shares. */
export const platformKinds = "platform-kinds";

/** Versions by the configuration key of the image. */
const versions = {
  cloudnativepgOperator: cloudnativepgVersion,
  barmanPlugin: barmanPluginVersion,
  barmanSidecar: barmanPluginVersion,
};

/**
 * Lists the images whose version differs from the installed manifests, each with its key and the remedy. An image
 * without a version in its tag, or with a digest only, is accepted.
 */
export function otherVersions(images: Readonly<Record<keyof typeof versions, string>>): string[] {
  return Object.entries(versions).flatMap(([key, version]) => {
    const image = images[key as keyof typeof versions];
    const [, found = version] = /^v?(\d+\.\d+\.\d+)/.exec(tagOf(image) ?? "") ?? [];
    if (found === version) return [];
    return [
      `runsheet:images.${key}: ${image} has the version ${found}, but the operator's definitions and RBAC rules are of ${version}. Set an image of ${version}, ` +
        "or set runsheet:platform.install to false if the cluster has the operators",
    ];
  });
}
