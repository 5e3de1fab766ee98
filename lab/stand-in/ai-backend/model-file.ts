/** Model file: JSON with `name`, `version`, `content`, and the `sha256` of the content. */
import { sha256 } from "./whole-file";

export interface ModelFile {
  name: string;
  version: string;
  /** SHA-256 of `JSON.stringify(content)`, in hexadecimal digits. */
  sha256: string;
  content: unknown;
}

export const fileOf = (model: string) => `${model}.json`;

export function formatModel(name: string, version: string, content: unknown): string {
  return `${JSON.stringify({ name, version, sha256: digest(content), content }, null, 2)}\n`;
}

/** Parses a model file. Throws an error that names `path` and says what is wrong with the file. */
export function parseModel(text: string, path: string): ModelFile {
  const { name, version, sha256, content } = parseObject(text, path);
  if (typeof name !== "string" || typeof version !== "string" || typeof sha256 !== "string" || content === undefined) {
    throw new Error(`${path} is damaged: a model has name, version, sha256 and content`);
  }
  if (sha256 !== digest(content)) throw new Error(`${path} is damaged: its content does not have its sha256`);
  return { name, version, sha256, content };
}

function parseObject(text: string, path: string): Partial<Record<keyof ModelFile, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) return parsed;
  } catch {
    // Thrown below, as for any text that is not an object.
  }
  throw new Error(`${path} is damaged: it is no JSON object`);
}

const digest = (content: unknown) => sha256(JSON.stringify(content));
