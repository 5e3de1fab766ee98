/** Content addresses: the same content has the same name, and other content another. */
import { createHash } from "node:crypto";

/** The first 10 hex digits of the SHA-256 of a value's JSON: enough to tell one system's versions apart. */
export function contentHash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 10);
}
