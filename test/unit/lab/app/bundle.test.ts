import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleName, bundleStandIn } from "../../../../lab/images/app/bundle";

test("the bundle is one file that fits into a ConfigMap and runs alone", async () => {
  const text = await bundleStandIn();
  expect(Buffer.byteLength(text)).toBeLessThan(900_000);
  expect(await bundleStandIn()).toBe(text);

  const folder = mkdtempSync(join(tmpdir(), "stand-in-"));
  try {
    const file = join(folder, bundleName);
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
