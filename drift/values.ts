/** Values of an object's fields, as far as they may be shown. */

const tokens = /\["((?:[^"\\]|\\.)*)"\]|\[([^\]]+)\]|([^.[\]]+)/g;

/**
 * Returns the value at a path. Items of a list are found by their place or their key: `containers[0]`, `containers[main]`,
 * `ports[80/TCP]`. Undefined if there is none.
 */
export function valueAt(value: unknown, path: string): unknown {
  return [...path.matchAll(tokens)].reduce<unknown>((found, [, quoted, item, name]) => {
    if (typeof found !== "object" || found === null) return undefined;
    if (Array.isArray(found) && item !== undefined) return itemOf(found, item);
    return (found as Record<string, unknown>)[quoted ?? item ?? name!];
  }, value);
}

function itemOf(list: readonly unknown[], key: string): unknown {
  if (/^\d+$/.test(key) && Number(key) < list.length) return list[Number(key)];
  return list.find((item) => keysOf(item).includes(key) || String(item) === key);
}

/** Keys by which server-side apply knows the items of the usual lists. */
function keysOf(item: unknown): string[] {
  if (typeof item !== "object" || item === null) return [];
  const { name, containerPort, port, protocol = "TCP", mountPath, ip, key } = item as Record<string, unknown>;
  const ports = [containerPort, port].filter(Boolean).map((each) => [each, protocol].join("/"));
  return [...[name, mountPath, ip, key].filter((each) => typeof each === "string"), ...ports];
}

/** Returns a path with the names of items in the place of their numbers: containers[0] is containers[main]. */
export function keyedPath(path: string, root: unknown): string {
  let keyed = "";
  let rest = path;
  for (let number = /\[(\d+)\]/.exec(rest); number; number = /\[(\d+)\]/.exec(rest)) {
    const before = rest.slice(0, number.index);
    const item = valueAt(root, `${keyed}${before}${number[0]}`);
    keyed += `${before}[${keysOf(item)[0] ?? number[1]}]`;
    rest = rest.slice(number.index + number[0].length);
  }
  return keyed + rest;
}

const longest = 60;

/** Returns a plain value as text, shortened. Undefined for what has parts, and for a variable: it may be a password. */
export function shown(path: string, value: unknown): string | undefined {
  if (/\.env\[/.test(path) || !["string", "number", "boolean"].includes(typeof value)) return undefined;
  const [line = "", ...more] = String(value).split("\n");
  return line.length > longest || more.length > 0 ? `${line.slice(0, longest)}...` : line;
}
