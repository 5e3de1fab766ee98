/**
 * Values that are not set. In a stack's file a text in angle brackets stands for one that only its user knows. It says
 * what the value is, with a valid example: `<host of the API, such as api.example.com>`.
 */

/** Pattern of such a text. */
export const markPattern = "^<(.+), such as (.+)>$";

/** A value that only the user knows. */
export interface Mark {
  /** Names and positions within the key's value. */
  readonly path: readonly (string | number)[];
  readonly what: string;
  readonly example: string;
}

/** Finds the marks anywhere in a value, in its order. */
export function marksIn(value: unknown, path: Mark["path"] = []): Mark[] {
  if (typeof value === "string") {
    const [, what, example] = new RegExp(markPattern, "s").exec(value.trim()) ?? [];
    return what === undefined || example === undefined ? [] : [{ path, what, example }];
  }
  if (Array.isArray(value)) return value.flatMap((each, index) => marksIn(each, [...path, index]));
  return isObject(value) ? Object.entries(value).flatMap(([name, each]) => marksIn(each, [...path, name])) : [];
}

/** Puts the examples in the place of the marks, so that the rest of the configuration can be read. */
export function withExamples(value: unknown): unknown {
  if (typeof value === "string") return marksIn(value)[0]?.example ?? value;
  if (Array.isArray(value)) return value.map(withExamples);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withExamples(each)]));
}

/** Place within the value of a key, as `pulumi config set --path` takes it. */
export function placeOf(key: string, path: Mark["path"]): string {
  const names = path.map((part) => {
    if (typeof part === "number") return `[${part}]`;
    return /^[\w-]+$/.test(part) ? `.${part}` : `["${part.replaceAll('"', '\\"')}"]`;
  });
  return `${key}${names.join("")}`;
}

/** An argument for a shell. */
export const quoted = (argument: string): string => `'${argument.replaceAll("'", `'\\''`)}'`;

/** The line about a mark in the value of a key. */
export function missingValue(key: string, mark: Mark): string {
  const place = placeOf(key, mark.path);
  const target = mark.path.length === 0 ? key : `--path ${quoted(place)}`;
  // As an argument it would be taken for an option.
  const source = mark.example.startsWith("-") ? "< FILE" : "VALUE";
  return `${place} is missing: ${mark.what}, such as ${mark.example}; set it with: pulumi config set ${target} ${source}`;
}

/** The line about a secret that is missing. Pulumi asks for its value, which then is in no shell's history. */
export const missingSecret = (key: string, what: string): string =>
  `${key} is missing: ${what}; set it with: pulumi config set --secret ${key}`;

/** The first sentence of a key's description, for the line about it. */
export const summaryOf = (description: string): string => description.split(/\.(?: |$)/)[0]!;

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
