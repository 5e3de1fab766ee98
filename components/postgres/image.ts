/** PostgreSQL's version, as an image's tag has it: CloudNativePG, too, knows it from there. */
import { tagOf } from "../kubernetes/image-tag";

/** The major version: 17 of postgresql:17.6-standard-trixie. Undefined: the image has no tag, or one without a version. */
export function majorOf(image: string): number | undefined {
  const [major] = /^\d+/.exec(tagOf(image) ?? "") ?? [];
  return major === undefined ? undefined : Number(major);
}
