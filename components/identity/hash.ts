/** Content hashes, for names that change with the content. */
import { createHash } from "node:crypto";

/**
 * Returns the first 10 hex digits of the SHA-256 of a value's JSON. They suffice to tell the versions of one system
 * apart.
 */
export function contentHash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 10);
}

/** `contentHash` of a list that grows. */
export class HashOfList {
  private readonly hash = createHash("sha256").update("[");
  private separator = "";

  /** Adds a value, and returns the hash of the list so far. */
  with(value: unknown): string {
    this.hash.update(this.separator + JSON.stringify(value));
    this.separator = ",";
    return this.hash.copy().update("]").digest("hex").slice(0, 10);
  }
}
