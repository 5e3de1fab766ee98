/** Bounds of the fields of a Kubernetes object, and the CEL expressions that check them. */

/**
 * Value of a field: a literal, a list with as many elements, or an object that has all of its fields and no others. A
 * field that is `optional` may be absent, and one that is `undefined` must be.
 */
export type Bound = string | number | boolean | undefined | Condition | readonly Bound[] | Fields;

interface Fields {
  readonly [field: string]: Bound;
}

/** A value that CEL describes. `expression` gets the path of the field. */
export class Condition {
  constructor(
    readonly expression: (path: string) => string,
    readonly isOptional = false,
  ) {}
}

/** Any value, or none. */
export const anything = new Condition(() => "true", true);

/** The value, or none. */
export const optional = (bound: Bound): Condition => new Condition((path) => holds(path, bound), true);

/** An object that has these fields, and may have others that meet a condition on their name, `k`, and their value. */
export const among = (fields: Fields, others: (value: string) => string): Condition =>
  new Condition((path) => {
    const names = Object.keys(fields).map(literal).join(", ");
    return both(`${path}.all(k, k in [${names}] || ${others(`${path}[k]`)})`, ...ofFields(path, fields));
  });

/** Returns the CEL expression that is true if the value at a path is as bound. */
export function holds(path: string, bound: Bound): string {
  if (bound instanceof Condition) return bound.expression(path);
  if (isList(bound))
    return both(
      `size(${path}) == ${bound.length}`,
      ...bound.map((element, index) => holds(`${path}[${index}]`, element)),
    );
  if (typeof bound === "object") return among(bound, () => "false").expression(path);
  return `${path} == ${literal(bound)}`;
}

/** Returns the CEL expression of each field, which is also true for an optional one that is absent. */
export const ofFields = (path: string, fields: Fields): string[] =>
  Object.entries(fields).map(([name, bound]) => {
    const there = `${literal(name)} in ${path}`;
    if (bound === undefined) return `!(${there})`;
    const value = holds(`${path}[${literal(name)}]`, bound);
    return bound instanceof Condition && bound.isOptional ? `(!(${there}) || ${value})` : `(${there} && ${value})`;
  });

/** JSON's strings, numbers and booleans are CEL's. */
const literal = (value: string | number | boolean | undefined) => JSON.stringify(value);

const both = (...conditions: readonly string[]) => conditions.join(" && ");

/** Narrows a readonly array, which `Array.isArray` does not. */
const isList = (bound: Bound): bound is readonly Bound[] => Array.isArray(bound);
