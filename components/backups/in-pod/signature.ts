/**
 * Signature of a dump's manifest. Who holds the store's keys can replace a dump together with its manifest, but cannot sign
 * it: the key is a secret of its own.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** Signs a manifest under the dump's name, so that it counts under no other. */
export const signatureOf = (key: string, name: string, manifest: object): string =>
  createHmac("sha256", key)
    .update(`${name}\n${JSON.stringify(manifest)}`)
    .digest("hex");

/** Explains why a manifest is not this stack's. Undefined if it is, or the stack signs nothing. */
export function unsigned(
  key: string | undefined,
  name: string,
  { signature, ...manifest }: { readonly signature?: unknown },
): string | undefined {
  if (key === undefined) return undefined;
  if (signature === undefined) return "it has no signature";
  const isHash = typeof signature === "string" && /^[0-9a-f]{64}$/.test(signature);
  const same = isHash && timingSafeEqual(Buffer.from(signature), Buffer.from(signatureOf(key, name, manifest)));
  return same ? undefined : "its signature is wrong";
}

/** Database and key that a dump which is restored must have, besides its system. */
export interface Origin {
  /** Key that must have signed the manifest. Default: it need not be signed. */
  readonly key?: string;
  /** Database that the manifest must name, if it names one. Default: any. */
  readonly database?: string;
}

/** Returns what a pod's variables ask for: nothing, if a dump is accepted that the stack has not signed. */
export const originOf = ({ STORE_SIGNING_KEY, DATABASE, PGDATABASE, UNSIGNED }: NodeJS.ProcessEnv): Origin =>
  UNSIGNED === "accepted" ? {} : { key: STORE_SIGNING_KEY, database: DATABASE ?? PGDATABASE };
