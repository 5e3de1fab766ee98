/** Secrets in plain text: how they are told, in variables, headers and URLs. */
import type { z } from "zod";

/** Names of headers and of a URL's parameters whose values are secrets. */
export const namesSecret = (name: string) =>
  secretWords.some((word) => word.test(name)) && !/^idempotency-key$/i.test(name);

const secretWords = [
  /auth(?!ors?$)|token(?!s$)|secret|cookie|passw|pwd|bypass|signature|^sig$|credential|session|jwt/i,
  /(^|[-_]|api|access|private)key$/i,
];

/** Tells whether a header's value is a secret whatever its name is: a login, or a JSON web token. */
export const looksSecret = (value: string) => /^(bearer|basic|digest|token)\s|eyJ[\w-]+\.[\w-]+\./i.test(value);

/** Refuses a URL with a secret in it, which would be in the stack's file and in errors. */
export const withoutSecrets = <Schema extends z.ZodType<string | undefined>>(schema: Schema) =>
  schema.superRefine((url, context) => {
    const refuse = (message: string) =>
      // The value has the secret: it is not repeated.
      context.addIssue({ code: "custom", input: "[hidden]", message });
    if (url === undefined) return;
    if (/^[^/?#]*\/\/[^/?#]*@/.test(url)) return refuse("must not have a user or a password");
    const parameters = new URLSearchParams(/[?#](.*)/s.exec(url)?.[1]?.replaceAll(/[?#]/g, "&") ?? "");
    const secret = [...parameters.keys()].find(namesSecret);
    if (secret !== undefined)
      refuse(
        `must not have the parameter ${secret}, a secret in plain text: send it in a header that names a secret key`,
      );
  });

/** Tells whether a variable holds a secret: by its name, unless browsers get it, or by a password in a URL. */
export const isPlainSecret = (variable: string, value: string) =>
  (/(token|secret|password|passwd|pwd|(private|api|secret|access|encryption|session|signing)_?key|webhook_?url|credentials?)$/i.test(
    variable,
  ) &&
    !/^NEXT_PUBLIC_/.test(variable)) ||
  /^[a-z][\w+.-]*:\/\/[^/?#\s]*:[^/?#\s]+@/i.test(value);
