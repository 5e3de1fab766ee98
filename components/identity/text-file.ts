/** Text files that people edit. A broken character is not noticed until somebody reads it in the database. */
import { isUtf8 } from "node:buffer";
import { readFileSync, statSync, type Dirent } from "node:fs";
import { join } from "node:path";

/**
 * Reads a file of text.
 * @throws Error that names the file and the byte, if it is not UTF-8, or begins with a byte order mark
 */
export function readText(path: string): string {
  const text = decoded(readFileSync(path), path);
  if (text.startsWith("\uFEFF")) throw new Error(`${path} begins with a byte order mark: save it as UTF-8 without one`);
  return text;
}

/**
 * Decodes text, with its byte order mark if it has one.
 * @throws Error that names the file and the byte, if it is not UTF-8, or has a NUL
 */
export function decoded(bytes: Buffer, path: string): string {
  const text = bytes.toString("utf8");
  const isText = isUtf8(bytes);
  const wrong = isText ? bytes.indexOf(0) : firstDifference(bytes, Buffer.from(text, "utf8"));
  if (wrong < 0) return text;
  const byte = bytes[wrong]!.toString(16).toUpperCase().padStart(2, "0");
  const line = bytes.subarray(0, wrong).filter((each) => each === 0x0a).length + 1;
  const where = `at position ${wrong}, in line ${line}`;
  throw new Error(
    isText
      ? `${path} has a NUL byte ${where}, which PostgreSQL takes nowhere: remove it, or save the file as UTF-8 if it is UTF-16`
      : `${path} is not UTF-8: byte 0x${byte} ${where}. Save it as UTF-8`,
  );
}

/** Finds the first byte that a decoded text does not give back. The last one is missing where a character is cut off. */
function firstDifference(bytes: Buffer, again: Buffer): number {
  const different = bytes.findIndex((byte, index) => byte !== again[index]);
  return different < 0 ? bytes.length - 1 : different;
}

/** True for a file that an editor, a merge or a file manager left behind. Nobody means it to be deployed. */
export const isLeftBehind = (path: string): boolean =>
  /(^|\/)(\.[^/]*(\/.*)?|#[^/]*#|[^/]*(~|\.(sw[a-p]|orig|rej|bak|tmp))|Thumbs\.db|desktop\.ini)$/i.test(path);

/** True for a file, and for a link to one. */
export function isFile(entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.isFile() ?? false;
}
