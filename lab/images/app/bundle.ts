/**
 * Bundles the stand-in application into one CommonJS file, small enough for a ConfigMap (1 MiB): it is mounted into a stock
 * Node image, so that no cluster needs a build or a push.
 */
import { dirname, join } from "node:path";
import { build } from "esbuild";

/** The name under which the bundle is mounted. Not `.js`: Node must read it as CommonJS wherever it lies. */
export const bundleName = "main.cjs";

/** Returns the bundle's text. The same sources give the same text. */
export async function bundleStandIn(): Promise<string> {
  const result = await build({
    entryPoints: [join(__dirname, "main.ts")],
    bundle: true,
    write: false,
    minify: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    // `redis` is its client and four modules that are not used here.
    alias: { redis: redisClient() },
    // node-postgres asks for its native binding and does without.
    external: ["pg-native"],
    legalComments: "none",
    logLevel: "silent",
  });
  return result.outputFiles[0]!.text;
}

/** The client that the installed `redis` package itself uses. */
function redisClient(): string {
  return dirname(require.resolve("@redis/client/package.json", { paths: [dirname(require.resolve("redis"))] }));
}
