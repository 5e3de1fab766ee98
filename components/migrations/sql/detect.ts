/** Detection of the tool that a directory belongs to, by what it looks like. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathsIn } from "../../kubernetes/mounted-files";
import { drizzle, journalFile } from "./drizzle";
import { flyway } from "./flyway";
import { numbers } from "./numbers";
import { prisma } from "./prisma";
import { supabase } from "./supabase";
import type { Tool } from "./tool";

export const tools = { supabase, flyway, drizzle, prisma, numbers } satisfies Readonly<Record<string, Tool>>;
export type ToolName = keyof typeof tools;
export const toolNames = Object.keys(tools) as ToolName[];

/** Forms of file names by the tool that has them. A timestamp has 14 digits. */
const forms: readonly (readonly [ToolName, RegExp])[] = [
  ["flyway", /(^|\/)([VBU]\d[\d._]*(__.*)?|R__.*)\.sql$/i],
  ["prisma", /^[^/]+\/migration\.sql$/],
  ["supabase", /^\d{14}_[^/]*\.sql$/],
  ["numbers", /^\d+([._-][^/]*)?\.sql$/],
];

/**
 * Finds the tool of a directory.
 * @throws Error that names the files, if it is none or more than one
 */
export function detectTool(directory: string): ToolName {
  if (!existsSync(directory)) throw new Error(`there is no directory ${directory}: name the one of the migrations`);
  refuseUnsupported(directory);
  if (existsSync(join(directory, journalFile))) return "drizzle";
  const paths = pathsIn(directory).filter((path) => /\.sql$/i.test(path));
  const found = new Map<ToolName, string>();
  for (const path of paths) {
    const tool = forms.find(([, form]) => form.test(path))?.[0];
    if (tool && !found.has(tool)) found.set(tool, path);
  }
  const [only, other] = found;
  if (only && !other) return only[0];
  const choose = `set migrations.tool to one of ${toolNames.join(", ")}`;
  if (!only) {
    const seen =
      paths.length === 0 ? "no file of SQL" : `${paths.slice(0, 3).join(", ")}, which no known tool would call so`;
    throw new Error(
      `${directory} has ${seen}: ${paths.length === 0 ? "name the directory of the migrations" : choose}`,
    );
  }
  const files = [...found].map(([tool, path]) => `${path} (as of ${tool})`).join(" and ");
  throw new Error(`${directory} has ${files}: ${choose}, or move the others away`);
}

/** Layouts of other versions of these tools, with a table of their own. */
function refuseUnsupported(directory: string): void {
  const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of folders) {
    const has = (file: string) => existsSync(join(directory, name, file));
    const tool =
      has("migration.sql") && has("snapshot.json") ? "Drizzle 1.0" : has("ops.json") ? "Prisma 8" : undefined;
    if (tool)
      throw new Error(
        `${join(directory, name)} is a migration of ${tool}, whose table is not known here: set migrations.command`,
      );
  }
}
