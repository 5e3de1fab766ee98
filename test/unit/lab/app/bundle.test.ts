import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../../../components/bundle";

test("the stand-in is one file that fits into a ConfigMap and runs alone", () => {
  const text = bundle("lab/images/app/main.ts");
  // A ConfigMap holds 1 MB; but Pulumi writes all of it after every step, so it is kept well below.
  expect(Buffer.byteLength(text)).toBeLessThan(200_000);
  expect(bundle("lab/images/app/main.ts")).toBe(text);

  const folder = mkdtempSync(join(tmpdir(), "stand-in-"));
  try {
    const file = join(folder, "main.cjs");
    writeFileSync(file, text);
    const { status, stdout } = spawnSync(process.execPath, [file], {
      encoding: "utf8",
      env: { STAND_IN_SYSTEM: "prism" },
    });
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      event: "cannot start",
      error: 'STAND_IN_ROLE is not set: set it, for example to "api".',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 30_000);
