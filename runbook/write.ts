/** Files of the rendered runbooks. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { projectDirectory } from "../engine/project";
import type { Format } from "./arguments";
import { documentOf, type Document, type Source } from "./content/document";
import { html } from "./render/html";
import { markdown } from "./render/markdown";
import { systemsIn } from "./source/graph";

/** Directory that the links of a document are relative to. */
const linkedFrom = join(projectDirectory, "docs", "runbooks");

export interface Wanted {
  /** Default: all that the stack has. */
  readonly system?: string;
  readonly formats: readonly Format[];
  /** Directory of the files, which is made if it is missing. */
  readonly output: string;
}

/**
 * Writes the files, and says so on `print`.
 * @throws Error with the systems of the stack, if the wanted one is none of them
 */
export async function writeRunbooks(
  source: Source,
  { system, formats, output }: Wanted,
  print: (line: string) => void,
): Promise<void> {
  const wanted = system === undefined ? systemsIn(source.graph) : [system];
  const documents = wanted.map((name) => [name, documentOf(name, source)] as const);
  mkdirSync(output, { recursive: true });
  for (const [name, document] of documents)
    for (const format of formats) {
      const file = join(output, `${name}.${format === "html" ? "html" : "md"}`);
      writeFileSync(file, await textOf(document, format, resolve(output)));
      print(file);
    }
}

function textOf(document: Document, format: Format, output: string): Promise<string> | string {
  const target = (address: string) => join(linkedFrom, address);
  if (format === "html") return html(document, (address) => relative(projectDirectory, target(address)));
  return markdown(document.blocks, (address) => relative(output, target(address)));
}
