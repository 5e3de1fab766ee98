/** Values of an object's fields, as far as they may be shown. */

/** Key of the engine's marks: an object with it stands for a secret. */
const mark = "4dabf18193072939515e22adb298388d";

const tokens = /\["((?:[^"\\]|\\.)*)"\]|\[([^\]]+)\]|([^.[\]]+)/g;

/**
 * Returns the value at a path. Items of a list are found by their place or their key: `containers[0]`, `containers[main]`,
 * `ports[80/TCP]`. Undefined if there is none. Of a secret it is the engine's mark, also for what is below it.
 */
export function valueAt(value: unknown, path: string): unknown {
  return [...path.matchAll(tokens)].reduce<unknown>((found, [, quoted, item, name]) => {
    if (typeof found !== "object" || found === null || isSecret(found)) return isSecret(found) ? found : undefined;
    if (Array.isArray(found) && item !== undefined) return itemOf(found, item);
    return (found as Record<string, unknown>)[quoted ?? item ?? name!];
  }, value);
}

const isSecret = (value: unknown) =>
  value === "[secret]" || (typeof value === "object" && value !== null && mark in value);

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

/**
 * Returns a path with the names of items in the place of their numbers: containers[0] is containers[main]. A place that
 * has another item before and after keeps its number.
 */
export function keyedPath(path: string, before: unknown, after: unknown): string {
  let keyed = "";
  let rest = path;
  for (let number = /\[(\d+)\]/.exec(rest); number; number = /\[(\d+)\]/.exec(rest)) {
    const part = rest.slice(0, number.index);
    const names = [before, after].flatMap((root) => keysOf(valueAt(root, `${keyed}${part}${number[0]}`))[0] ?? []);
    keyed += `${part}[${new Set(names).size === 1 ? names[0] : number[1]}]`;
    rest = rest.slice(number.index + number[0].length);
  }
  return keyed + rest;
}

/** Fields and values that may be, or may hold, something that nobody is to read in a report. */
const sensitive = /\.env\[|pass|secret|token|credential|private|api-?_?key|access-?_?key|-----BEGIN|:\/\/[^/\s]*@/i;

const longest = 60;

/**
 * Returns both values of a field as text, shortened. None if one of them has parts, is a secret, or looks like one: it may
 * be a password.
 */
export function shown(path: string, from: unknown, to: unknown): { readonly from?: string; readonly to?: string } {
  const mayBe = (value: unknown) =>
    value === undefined ||
    value === null ||
    (["string", "number", "boolean"].includes(typeof value) && !isSecret(value) && !sensitive.test(short(value)));
  if (sensitive.test(path) || !mayBe(from) || !mayBe(to)) return {};
  return { ...(exists(from) && { from: short(from) }), ...(exists(to) && { to: short(to) }) };
}

const exists = (value: unknown) => value !== undefined && value !== null;

function short(value: unknown): string {
  const [line = "", ...more] = printable(String(value)).split("\n");
  return line.length > longest || more.length > 0 ? `${line.slice(0, longest)}...` : line;
}

/** Text without what a terminal would obey. */
export const printable = (text: string): string => text.replaceAll("\r\n", "\n").replaceAll(/(?!\n|\t)\p{Cc}/gu, "");
