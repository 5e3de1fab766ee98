import type * as esbuild from "esbuild";
import type * as fflate from "fflate";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readFiles } from "./mounted-files";
import { contentHash } from "../identity/hash";
import { kept } from "../identity/kept.cjs";

const root = join(__dirname, "..", "..");
const cache = join(root, "node_modules", ".cache", "runsheet");

/**
 * Packages that are mounted beside the programs (shared-packages.ts) instead of bundled, as they are most of each
 * program.
 */
export const sharedPackages = ["ioredis", "pg"] as const;

/**
 * Bundles a TypeScript program and its imports, except for the shared packages, into one JavaScript file for a stock
 * Node.js image. No image has to be built or pushed.
 *
 * The same sources always give the same text. It is cached until the sources in the entry point's directory,
 * components/ or the dependencies change.
 * @throws Error with esbuild's messages if a source does not compile
 */
export function bundle(entryPoint: string): string {
  const sources = readFiles(join(root, dirname(entryPoint)));
  return once({ entryPoint, sources, shared: shared() }, { entryPoints: [entryPoint], external: [...sharedPackages] });
}

/** Bundles a shared package and its dependencies into one file, with the same cache. */
export function bundlePackage(name: (typeof sharedPackages)[number]): string {
  const contents = `module.exports = require("${name}");`;
  // An optional dependency of pg.
  const options = { stdin: { contents, resolveDir: root }, external: ["pg-native"] };
  return once({ contents, shared: shared() }, options);
}

/** Returns the kept text of the same sources, or builds it. */
const once = (sources: unknown, options: esbuild.BuildOptions): string =>
  kept(join(cache, `${contentHash(sources)}.sealed`), () => build(options));

let known: string | undefined;

/** Hashes everything that any program may import. It is read once per run. */
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
 * Wraps a program in one that unpacks it when it is loaded, a third as long. Pulumi keeps three copies in the stack's
 * state and writes the state after every step; in plain text the programs were four fifths of it.
 */
function packed(program: string): string {
  // Node's own zlib compresses differently in each version: a build on another machine would change every pod.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- as esbuild, loaded only when something is built
  const { gzipSync, strToU8 } = require("fflate") as typeof fflate;
  const text = Buffer.from(gzipSync(strToU8(program), { level: 9, mtime: 0 })).toString("base64");
  return `module._compile(require("node:zlib").gunzipSync(Buffer.from("${text}", "base64")).toString(), __filename);\n`;
}
