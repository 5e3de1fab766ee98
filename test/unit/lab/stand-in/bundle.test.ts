import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bundle } from "../../../../components/kubernetes/bundle";
import { packageFiles } from "../../../../components/kubernetes/shared-packages";
import { names } from "../../../../systems";

/** Runs a program from a directory that contains only it and the shared packages. */
function runAlone(program: string, env: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), "program-"));
  try {
    for (const [path, text] of Object.entries({ "main.cjs": program, ...packageFiles() })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return spawnSync(process.execPath, [join(folder, "main.cjs")], { encoding: "utf8", env });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.each(names)(
  "the stand-in of %s is one file that runs beside the packages",
  (system) => {
    const text = bundle(`lab/stand-in/main.${system}.ts`);
    // A ConfigMap can hold 1 MB. The limit is far lower, since Pulumi writes the whole state after every step.
    expect(Buffer.byteLength(text)).toBeLessThan(40_000);
    expect(bundle(`lab/stand-in/main.${system}.ts`)).toBe(text);

    const { status, stdout } = runAlone(text, { STAND_IN_SYSTEM: system });
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      event: "cannot start",
      error: 'STAND_IN_ROLE is not set: set it, for example to "api".',
    });
  },
  30_000,
);

test("the packages fit into a ConfigMap, and are what they were", () => {
  const sizes = Object.values(packageFiles()).map((text) => Buffer.byteLength(text));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000);
  const program = `
    const { Client } = require("pg"), { Redis } = require("ioredis");
    const redis = new Redis({ lazyConnect: true });
    console.log(new Client({ host: "h" }).host, redis.status, typeof redis.ping);`;
  expect(runAlone(program, {}).stdout).toBe("h wait function\n");
}, 30_000);
