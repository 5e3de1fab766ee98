/** Content hashes, for names that change with the content. */
import { createHash } from "node:crypto";

/**
 * Returns the first 10 hex digits of the SHA-256 of a value's JSON. They suffice to tell the versions of one system
 * apart.
 */
export function contentHash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 10);
}
