/** Which versions of the operators are installed: their kinds and their rights are those of the pinned manifests. */
import { tagOf } from "../kubernetes/image-tag";

export const cloudnativepgVersion = "1.30.0";
export const barmanPluginVersion = "0.14.0";

/** Where their manifests put them. */
export const platformNamespace = "cnpg-system";

/** By the stack's key of the image. */
const versions = {
  cloudnativepgOperator: cloudnativepgVersion,
  barmanPlugin: barmanPluginVersion,
  barmanSidecar: barmanPluginVersion,
};

/**
 * Images that are of another version than what is installed with them, each with its key and the way out. One whose tag is no
 * version, or that has a digest alone, is taken as it is: whoever copied it there knows what it is.
 */
export function otherVersions(images: Readonly<Record<keyof typeof versions, string>>): string[] {
  return Object.entries(versions).flatMap(([key, version]) => {
    const image = images[key as keyof typeof versions];
    const [, found = version] = /^v?(\d+\.\d+\.\d+)/.exec(tagOf(image) ?? "") ?? [];
    if (found === version) return [];
    return [
      `runsheet:images.${key}: ${image} is ${found}, and its kinds and rights are installed as of ${version}. Set an image of ${version}, ` +
        "or runsheet:platform.install to false where somebody else installs the operators",
    ];
  });
}
