/** Generates documents from the configuration's schemas, the alerts and the program itself. With --check it reports the ones that are not current. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { alertsPage } from "./alerts";
import { configurationPage } from "./markdown";
import { withConfig } from "./project-file";
import { runbookPages } from "./runbooks";
import { bucket, runsheet, stackFileSchema } from "./schema";
import { schemasPage } from "./schemas";

const root = join(__dirname, "../..");
const read = (file: string) => (existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "");

async function main(): Promise<void> {
  const files = {
    "docs/alerts.md": alertsPage(),
    ...(await runbookPages()),
    "docs/configuration.md": configurationPage(),
    "docs/schemas.md": schemasPage(),
    "docs/stack.schema.json": `${JSON.stringify(stackFileSchema(), undefined, 1)}\n`,
    "Pulumi.yaml": withConfig(read("Pulumi.yaml"), runsheet),
    "bucket/Pulumi.yaml": withConfig(read("bucket/Pulumi.yaml"), bucket),
  };
  const stale = Object.entries(files).filter(([file, text]) => read(file) !== text);
  if (process.argv.includes("--check")) {
    for (const [file] of stale) console.error(`${file} is not what the program says: run npm run docs`);
    process.exitCode = stale.length > 0 ? 1 : 0;
  } else for (const [file, text] of stale) writeFileSync(join(root, file), text);
}

void main();
