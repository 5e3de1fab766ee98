/** Version of PostgreSQL in an image's tag, where CloudNativePG reads it, too. */
import { tagOf } from "../kubernetes/image-tag";

/**
 * Returns the major version: 17 of postgresql:17.6-standard-trixie. Undefined without a tag that begins with a version.
 */
export function majorOf(image: string): number | undefined {
  const [major] = /^\d+/.exec(tagOf(image) ?? "") ?? [];
  return major === undefined ? undefined : Number(major);
}
