/** Address of Pulumi's backend, for messages. */

/** Returns it without its login: without user and password, and without the password of its parameters. */
export const withoutLogin = (url: string): string =>
  url.startsWith("file:")
    ? url
    : // Up to the last @ before the parameters: a password may have one that is not encoded.
      url.replace(/\/\/[^?]*@/, "//").replace(/([?&]\w*(?:password|token|secret|key)\w*=)[^&]*/gi, "$1***");
