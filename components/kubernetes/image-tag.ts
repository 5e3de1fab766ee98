/** Returns the tag of an image: 17.6 of registry:5000/postgresql:17.6@sha256:... Undefined if it has none. */
export const tagOf = (image: string): string | undefined =>
  /^[^:@]+:([^@]+)/.exec(image.slice(image.lastIndexOf("/") + 1))?.[1];
