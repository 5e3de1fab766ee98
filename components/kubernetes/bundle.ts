import type * as esbuild from "esbuild";
import type * as fflate from "fflate";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readFiles } from "./mounted-files";
import { contentHash } from "../identity/hash";
import { writeWholeFile } from "./atomic-write";

const root = join(__dirname, "..", "..");
const cache = join(root, "node_modules", ".cache", "runsheet");

/** The packages that programs find beside them (node-packages.ts), and do not contain: they are most of each program. */
export const sharedPackages = ["ioredis", "pg"] as const;

/**
 * A TypeScript program and all that it imports but the shared packages as one JavaScript file, which a stock Node.js image
 * runs: no image has to be built or pushed for it. The same sources always give the same text. The program's own sources
 * lie in the directory of its entry point, or are components; the text is kept as long as these and the dependencies stay
 * the same.
 * @throws Error with esbuild's own messages if a source does not compile
 */
export function bundle(entryPoint: string): string {
  const sources = readFiles(join(root, dirname(entryPoint)));
  return kept({ entryPoint, sources, shared: shared() }, { entryPoints: [entryPoint], external: [...sharedPackages] });
}

/** A shared package and all that it requires as one file, kept in the same way. */
export function bundlePackage(name: (typeof sharedPackages)[number]): string {
  const contents = `module.exports = require("${name}");`;
  // What pg requires only where it is installed.
  const options = { stdin: { contents, resolveDir: root }, external: ["pg-native"] };
  return kept({ contents, shared: shared() }, options);
}

/** The text as it was built from the same sources before, else as it is built now. */
function kept(sources: unknown, options: esbuild.BuildOptions): string {
  const file = join(cache, `${contentHash(sources)}.cjs`);
  if (existsSync(file)) return readFileSync(file, "utf8");
  const text = build(options);
  writeWholeFile(file, text);
  return text;
}

let known: string | undefined;

/** What any program may import, by its content: read once in a run, however many programs there are. */
function shared(): string {
  return (known ??= contentHash([
    readFiles(join(root, "components")),
    readFileSync(join(root, "package-lock.json"), "utf8"),
  ]));
}

function build(options: esbuild.BuildOptions): string {
  // Loaded only when something is built.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import cannot be awaited here
  const { buildSync } = require("esbuild") as typeof esbuild;
  const result = buildSync({
    ...options,
    absWorkingDir: root,
    bundle: true,
    write: false,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    legalComments: "none",
  });
  return packed(result.outputFiles[0]!.text);
}

/**
 * A program that unpacks itself when it is loaded, a third as long. Pulumi keeps three copies in the stack's state, and
 * writes all of that after every step: as plain text the programs were four fifths of it.
 */
function packed(program: string): string {
  // Not by Node's own zlib, which packs differently in each version: another machine would change every pod.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- as esbuild, loaded only when something is built
  const { gzipSync, strToU8 } = require("fflate") as typeof fflate;
  const text = Buffer.from(gzipSync(strToU8(program), { level: 9, mtime: 0 })).toString("base64");
  return `module._compile(require("node:zlib").gunzipSync(Buffer.from("${text}", "base64")).toString(), __filename);\n`;
}
