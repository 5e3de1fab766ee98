/** Differences between two texts of JSON, as the paths of what differs. */

/**
 * Lists the paths of the values that differ, such as `sentiment_analysis.percentage`. Undefined if one of the texts is no
 * object in JSON: then only the whole differs.
 */
export function jsonPaths(one: unknown, other: unknown): string[] | undefined {
  const [first, second] = [parsed(one), parsed(other)];
  return first && second ? differences(first, second) : undefined;
}

type JsonObject = Readonly<Record<string, unknown>>;

function differences(one: JsonObject, other: JsonObject): string[] {
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
  return keys.flatMap((key) => {
    const [first, second] = [one[key], other[key]];
    if (JSON.stringify(first) === JSON.stringify(second)) return [];
    return isObject(first) && isObject(second) ? differences(first, second).map((path) => `${key}.${path}`) : [key];
  });
}

function parsed(text: unknown): JsonObject | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
