import type { Expected } from "../check";
import { beginning } from "./variables";

const kinds: Readonly<Record<string, (value: unknown) => boolean>> = {
  "<string>": (value) => typeof value === "string",
  "<number>": (value) => typeof value === "number",
  "<boolean>": (value) => typeof value === "boolean",
  "<array>": Array.isArray,
  "<object>": (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "<value>": (value) => value !== undefined,
  "<uuid>": (value) => typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value),
};

/**
 * Describes the first difference between a value and the expected one. Undefined if there is none.
 * @param show text for a value that is not the expected one. Default: its JSON
 */
export function difference(
  value: unknown,
  expected: Expected,
  show: (value: unknown) => string = json,
  path = "",
): string | undefined {
  const place = path === "" ? "the answer" : path;
  if (typeof expected === "string" && kinds[expected]) {
    return kinds[expected](value) ? undefined : `${place} is ${show(value)}, expected ${named(expected.slice(1, -1))}`;
  }
  if (typeof expected !== "object" || expected === null) {
    return value === expected ? undefined : `${place} is ${show(value)}, expected ${json(expected)}`;
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(value) || value.length !== expected.length)
      return `${place} is ${show(value)}, expected ${json(expected)}`;
    return first(expected.map((item: Expected, index) => difference(value[index], item, show, `${path}[${index}]`)));
  }
  if (typeof value !== "object" || value === null) return `${place} is ${show(value)}, expected ${json(expected)}`;
  const entries = Object.entries(expected as { readonly [key: string]: Expected });
  return first(
    entries.map(([key, item]) =>
      difference((value as Record<string, unknown>)[key], item, show, path === "" ? key : `${path}.${key}`),
    ),
  );
}

function first(differences: readonly (string | undefined)[]): string | undefined {
  return differences.find((text) => text !== undefined);
}

function json(value: unknown): string {
  return beginning(value === undefined ? "missing" : JSON.stringify(value), 200, "...");
}

/** Text for a part of an answer, which may have data of users: no more than was asked for. */
export function withoutContent(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return json(value);
}

const named = (kind: string) => `${/^[aeio]/.test(kind) ? "an" : "a"} ${kind}`;
