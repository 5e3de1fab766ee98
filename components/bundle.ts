import { buildSync } from "esbuild";
import { join } from "node:path";

const root = join(__dirname, "..");

/**
 * A TypeScript program and all that it imports as one JavaScript file, which a stock Node.js image runs: no image has to
 * be built or pushed for it. The same sources always give the same text.
 * @throws Error with esbuild's own messages if a source does not compile
 */
export function bundle(entryPoint: string): string {
  const result = buildSync({
    absWorkingDir: root,
    entryPoints: [entryPoint],
    bundle: true,
    write: false,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    legalComments: "none",
    external: ["pg-native"],
  });
  return result.outputFiles[0]!.text;
}
