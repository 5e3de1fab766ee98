/** Files as a ConfigMap has them: each under a key, and the largest ones compressed if they are too large together. */
import type * as fflate from "fflate";
import { gunzipSync } from "node:zlib";

/** Text files by their path, relative to the mount. */
export type Files = Readonly<Record<string, string>>;

/** Fields of a ConfigMap. */
export interface Contents {
  readonly data: Readonly<Record<string, string>>;
  /** Compressed files, as base64. Default: none is. */
  readonly binaryData?: Readonly<Record<string, string>>;
}

/**
 * Converts a path to a key, which cannot hold a slash: __ stands for it, and .- for an _ beside it or beside another _.
 * in-pod/unpack.sh converts it back.
 * @param file path of the file that it is. Default: the same
 * @throws Error that names the file, if the path has characters that no key has
 */
export function keyOf(path: string, file = path): string {
  const key = path.replace(/(?<=[_/])_|_(?=\/)/g, ".-").replaceAll("/", "__");
  if (/^[-._a-zA-Z0-9]{1,250}$/.test(key) && pathOf(key) === path) return key;
  throw new Error(
    `${file} has a name that no pod can mount: use letters, digits, _, - and ., or move the file elsewhere`,
  );
}

/** Converts a key back to the path. */
export const pathOf = (key: string): string => key.replaceAll("__", "/").replaceAll(".-", "_");

/** Size of all files that a ConfigMap takes, in bytes, with room for what Kubernetes adds. */
const limit = 1_000_000;

/** More than a ConfigMap takes, also compressed. */
export class TooLarge extends Error {}

/**
 * Returns the fields of a ConfigMap with the files. As many of the largest as necessary are compressed, but no program
 * of the shell, which unpacks the others: a small file stays readable in a preview.
 * @throws TooLarge with the sizes, if they are too large all the same
 */
export function contentsOf(files: Files): Contents {
  const data = Object.fromEntries(Object.entries(files).map(([path, text]) => [keyOf(path), text]));
  const size = (key: string) => Buffer.byteLength(data[key]!);
  const whole = Object.keys(data).reduce((sum, key) => sum + size(key), 0);
  const binaryData: Record<string, string> = {};
  let left = whole;
  const largestFirst = Object.keys(data)
    .filter((key) => !key.endsWith(".sh"))
    .sort((a, b) => size(b) - size(a));
  for (const key of largestFirst) {
    if (left <= limit) break;
    const packed = compressed(data[key]!);
    left += packed.length - size(key);
    binaryData[`${key}.gz`] = packed.toString("base64");
    delete data[key];
  }
  if (left > limit)
    throw new TooLarge(
      `the files have ${kilobytes(whole)} (compressed ${kilobytes(left)}), and a pod takes ${limit / 1000} kB`,
    );
  return left === whole ? { data } : { data, binaryData };
}

/** Returns the files of a ConfigMap's fields by their path. Values that are encrypted are left out. */
export function filesOf({ data, binaryData }: { readonly data?: unknown; readonly binaryData?: unknown }): Files {
  const unpacked = (packed: string) => gunzipSync(Buffer.from(packed, "base64")).toString();
  return Object.fromEntries([
    ...textsOf(data).map(([key, text]) => [pathOf(key), text] as const),
    ...textsOf(binaryData).map(([key, packed]) => [pathOf(key.replace(/\.gz$/, "")), unpacked(packed)] as const),
  ]);
}

const textsOf = (values: unknown) =>
  Object.entries(values ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string");

const kilobytes = (bytes: number) => `${Math.ceil(bytes / 1000)} kB`;

function compressed(text: string): Buffer {
  // Node's own zlib compresses differently in each version: another machine would change the ConfigMap.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only when something is compressed
  const { gzipSync, strToU8 } = require("fflate") as typeof fflate;
  return Buffer.from(gzipSync(strToU8(text), { level: 9, mtime: 0 }));
}
