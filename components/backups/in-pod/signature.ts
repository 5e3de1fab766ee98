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
  { signature, ...manifest }: { readonly signature?: string },
): string | undefined {
  if (key === undefined) return undefined;
  if (signature === undefined) return "it has no signature";
  const expected = signatureOf(key, name, manifest);
  const same = signature.length === expected.length && timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
  return same ? undefined : "its signature is wrong";
}

/** Returns the key that must have signed what is restored. Undefined if nothing is signed, or unsigned dumps are accepted. */
export const signingKey = ({ STORE_SIGNING_KEY, UNSIGNED }: NodeJS.ProcessEnv): string | undefined =>
  UNSIGNED === "accepted" ? undefined : STORE_SIGNING_KEY;
