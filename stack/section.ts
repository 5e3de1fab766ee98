/** One namespace of the stack's configuration. */
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Secrets } from "../components/system/secrets";
import type { Problems } from "./problems";
import { marksIn, withExamples } from "./unset";
import { described, parseValue, problemOf } from "./values";
import type { WrittenValues } from "./written";

/** Parts that the sections of a stack share. */
export interface Reading {
  readonly problems: Problems;
  readonly written: WrittenValues;
}

/**
 * Reads the keys of one namespace: secret ones as secret outputs, the others by their schema. What is a secret in a key for
 * plain ones is not read at all, so that no error shows it, and there are no settings.
 */
export function readSection<Settings>(
  namespace: string,
  schema: z.ZodType<Settings> & { readonly shape: z.ZodRawShape },
  secretKeys: readonly string[],
  { problems, written }: Reading,
): { settings: Settings | undefined; secrets: Secrets } {
  const values: Record<string, unknown> = {};
  const secrets: Record<string, pulumi.Output<string>> = {};
  const refused: string[] = [];
  for (const [fullKey, text] of Object.entries(pulumi.runtime.allConfig())) {
    if (!fullKey.startsWith(`${namespace}:`)) continue;
    const key = fullKey.slice(namespace.length + 1);
    const isSecret = isConfigSecret(fullKey);
    if (secretKeys.includes(key)) {
      if (isSecret) {
        secrets[key] = pulumi.secret(text);
        problems.push(...wrongSecret(fullKey, text));
      } else problems.push(`${fullKey} is a secret in plain text; set it with: pulumi config set --secret ${fullKey}`);
    } else if (isSecret) {
      // Without its value: as an unknown key it is refused by its name.
      values[key] = undefined;
      if (key in schema.shape) refused.push(key);
    } else {
      const value = parseValue(schema.shape[key] as z.ZodType | undefined, text);
      problems.marks(fullKey, marksIn(value));
      problems.push(...written.problems(fullKey, value, takesText(schema.shape[key])));
      values[key] = withExamples(value);
    }
  }
  problems.push(...refused.map((key) => notSecret(`${namespace}:${key}`)));
  const result = schema.safeParse(values, described);
  if (result.success && refused.length === 0) return { settings: result.data, secrets };
  const told = { known: [...Object.keys(schema.shape), ...secretKeys], written };
  const issues = result.error?.issues.filter(({ path }) => !refused.includes(String(path[0]))) ?? [];
  problems.push(...issues.map((issue) => problemOf(namespace, issue, told)));
  return { settings: undefined, secrets };
}

/** Tells whether a key takes any text, or text of some form, and no number in its place. */
const takesText = (schema: unknown) => {
  const isOne = (text: string) => (schema as z.ZodType | undefined)?.safeParse(text).success ?? false;
  return isOne("2.1") || isOne("42798");
};

/** The error about a secret in a key whose value is in previews, in the state and in the cluster. */
export const notSecret = (key: string): string =>
  `${key} is set as a secret, and is no secret key: Runsheet shows it in previews, and keeps it in plain text in the ` +
  `state; set it without --secret, or, if it must not be read there, remove it: pulumi config rm ${key}`;

/** Errors for what no secret may be. They do not show it. */
function wrongSecret(key: string, text: string): string[] {
  const set = `set it with: pulumi config set --secret ${key}`;
  if (text === "") return [`${key} is empty; ${set}`];
  // Control characters, such as the line break at the end of a file.
  if (/^\s|\s$|\p{Cc}/u.test(text))
    return [`${key} begins or ends with white space, or contains a line break; remove it, and ${set}`];
  if (key.endsWith("Url") && !URL.canParse(text))
    return [`${key} is not a URL; in its password write %2F for /, %23 for #, %3F for ? and %40 for @`];
  return [];
}

/** The SDK has this function and keeps it out of its types. */
export const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret: (key: string) => boolean };
