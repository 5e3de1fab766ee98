/** Names of images: REGISTRY:PORT/REPOSITORY:TAG@DIGEST, of which the repository alone has to be there. */

const host = String.raw`(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?`;
const part = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const tag = String.raw`\w[\w.-]{0,127}`;
const digest = "sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}";

/** Pattern of a name that a node can pull. */
export const imagePattern = new RegExp(`^(?:${host}/)?${part}(?:/${part})*(?::${tag})?(?:@(?:${digest}))?$`);

/** Words of an error about another. */
export const imageForm =
  "must be an image such as registry.example:5000/team/api: lower case, without https://, and perhaps with a tag (:5.0.0) " +
  "or a whole digest (@sha256: and 64 hex digits)";

/** Returns the tag of an image: 17.6 of registry:5000/postgresql:17.6@sha256:... Undefined if it has none. */
export const tagOf = (image: string): string | undefined =>
  /^[^:@]+:([^@]+)/.exec(image.slice(image.lastIndexOf("/") + 1))?.[1];

/**
 * Tells whether a tag is of a release: it has the release in it, perhaps with something around, as in v5.0.0-alpine. Of a
 * number others are 15.0.0 and 5.0.0.1, and of 5 also v51 and 5.1. The beginning of a commit's hash is of all that begin so.
 */
export function isOfRelease(tag: string, release: string): boolean {
  const literal = release.replaceAll(/[^\w-]/g, "\\$&");
  const before = /^\d/.test(release) ? "(?<!\\d|\\d\\.)" : "";
  const isCommit = /^[0-9a-f]{7,40}$/.test(release);
  const after = /\d$/.test(release) && !isCommit ? "(?!\\d|\\.\\d)" : "";
  return new RegExp(before + literal + after).test(tag);
}

/** Tells whether an image has a tag or a digest, and so is one image whatever the release is. */
export const isPinned = (image: string): boolean => tagOf(image) !== undefined || image.includes("@");

/** Returns an application's image of a release, which is its tag unless the image has a tag or a digest of its own. */
export const imageOf = (image: string, release: string): string => (isPinned(image) ? image : `${image}:${release}`);

/** Returns an image without its tag and its digest. */
export const repositoryOf = (image: string): string => image.replace(/@.*$/, "").replace(/:[^/]*$/, "");
