/** Values of the configuration, and the errors about wrong ones: what is wrong, the value, what to do. */
import { z } from "zod";
import { namesSecret } from "../components/system/plain-secrets";
import { placeOf, quoted } from "./unset";
import type { WrittenValues } from "./written";

/** Parses a value, which Pulumi hands over as text; one that is not valid as text is JSON. */
export function parseValue(schema: z.ZodType | undefined, text: string): unknown {
  if (!schema || schema.safeParse(text).success) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Options of a parse whose issues have the values, and messages that begin with "must be". */
export const described: z.core.ParseContext<z.core.$ZodIssue> = { error: requirement, reportInput: true };

/** Knowledge of a namespace's keys beside their values. */
interface KnownKeys {
  /** The keys of the namespace, for an unknown one. */
  readonly known: readonly string[];
  /** The values as they were written. Default: as they reached the program. */
  readonly written?: Pick<WrittenValues, "source">;
}

/** The error that an issue stands for. */
export function problemOf(namespace: string, issue: z.core.$ZodIssue, { known, written }: KnownKeys): string {
  const names = issue.path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`));
  const key = `${namespace}:${names.join("").slice(1)}`;
  const [first = "", ...path] = issue.path as (string | number)[];
  const fullKey = `${namespace}:${first}`;
  const nested = path.length > 0;
  if (issue.code === "unrecognized_keys") {
    const unknown = issue.keys.map((name) => (names.length > 0 ? `${key}.${name}` : `${key}${name}`));
    const keys = names.length > 0 ? issue.message : known.join(", ");
    return `unknown key${unknown.length > 1 ? "s" : ""} ${unknown.join(", ")}; the keys of ${key} are ${keys}`;
  }
  // A name with a dot in it is told from a path by its quotation marks.
  const place = quoted(placeOf(fullKey, path));
  const value = valueOf(issue);
  if (value === undefined && issue.code === "invalid_type") {
    const leaveOut =
      namespace.startsWith("runsheet") || nested ? "" : `, or leave ${namespace} out of runsheet:systems`;
    return `${key} is missing; set it with: pulumi config set ${nested ? `--path ${place}` : key}${leaveOut}`;
  }
  if (!isUnquoted(issue)) return `${key} is ${shown(value)}; it ${issue.message}`;
  const source = written?.source(fullKey, path, value as number) ?? String(value);
  // The command takes a number for one unless it is told.
  const set = nested ? `, or set it with: pulumi config set --path --type string ${place} ${source}` : "";
  return `${key} is ${source}; it must be text in quotation marks: "${source}"${set}`;
}

/** Tells whether a number or true or false stands where text has to be. */
const isUnquoted = (issue: z.core.$ZodIssue | z.core.$ZodRawIssue) =>
  issue.code === "invalid_type" && issue.expected === "string" && ["number", "boolean"].includes(typeof issue.input);

/** The value that is wrong; undefined if it is missing. */
function valueOf(issue: z.core.$ZodIssue): unknown {
  if (issue.code !== "invalid_union" || !issue.discriminator) return issue.input;
  return (issue.input as Record<string, unknown>)[issue.discriminator];
}

/** Shows a value without the user, the password and the secret parameters of a URL, since errors are kept in logs. */
function shown(value: unknown): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value)
    .replaceAll(/\/\/[^\s"]*@/g, "//***@")
    .replaceAll(/([?&#]([\w.-]+)=)[^&#\s"]*/g, (all, start: string, name: string) =>
      namesSecret(name) ? `${start}***` : all,
    );
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

const types: Readonly<Record<string, string>> = {
  string: "text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

const formats: Readonly<Record<string, string>> = {
  url: "a URL such as https://www.example.com",
  email: "an e-mail address such as alerts@example.com",
  uuid: "a UUID such as 00000000-0000-4000-8000-000000000001",
};

/** Says what a value must be, where the schema has no words of its own for it. */
function requirement(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type": {
      // zod expects a number of a text that is to be an integer.
      const isInteger = issue.expected === "number" && "format" in (issue.inst?._zod.def ?? {});
      const type = types[isInteger ? "int" : issue.expected] ?? issue.expected;
      return `must be ${type}${isUnquoted(issue) ? ` in quotation marks: "${String(issue.input)}"` : ""}`;
    }
    case "too_small":
      if (issue.origin in units && issue.minimum === 1) return "must not be empty";
      return limit(issue.origin, issue.inclusive ? "at least" : "more than", issue.minimum);
    case "too_big":
      return limit(issue.origin, issue.inclusive ? "at most" : "less than", issue.maximum);
    case "invalid_value":
      return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.join(", ")}`;
    case "invalid_format":
      return "prefix" in issue ? `must begin with ${String(issue.prefix)}` : `must be ${formats[issue.format]}`;
    case "invalid_union":
      return "options" in issue ? `must be one of ${(issue.options as string[]).join(", ")}` : undefined;
    case "invalid_key":
      return issue.issues[0]?.message;
    case "unrecognized_keys":
      return keysOf(issue.inst).join(", ");
    default:
      return undefined;
  }
}

/** Keys of an object, or of a record whose keys are listed. */
const keysOf = (schema: unknown): readonly string[] =>
  schema instanceof z.ZodRecord
    ? (schema.keyType as z.ZodEnum).options.map(String)
    : Object.keys((schema as z.ZodObject).shape);

const units: Readonly<Record<string, string>> = { string: " characters", array: " entries" };

const limit = (origin: string, comparison: string, bound: number | bigint) =>
  `must ${origin in units ? "have" : "be"} ${comparison} ${bound}${units[origin] ?? ""}`;
