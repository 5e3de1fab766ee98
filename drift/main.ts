/** `npm run drift`. */
import { writeFileSync } from "node:fs";
import { Misuse } from "../command-line";
import { environment } from "../lab/pulumi";
import { lab } from "../lab/target";
import { help, readArguments, type Format } from "./arguments";
import type { Drift } from "./finding";
import { markdown } from "./markdown";
import { metrics } from "./prometheus";
import { search } from "./search";
import { text } from "./text";

const formatted: Readonly<Record<Format, (drift: Drift) => string>> = {
  text,
  markdown,
  json: (drift) => `${JSON.stringify(drift, undefined, 2)}\n`,
  prometheus: metrics,
};

const codes: Readonly<Record<Drift["result"], number>> = { none: 0, drift: 1, failed: 2, busy: 3 };

async function main(): Promise<void> {
  const args = readArguments(process.argv.slice(2));
  if (!args) return console.log(help);
  const { stack, format, output, checks } = args;
  // The lab has its own Pulumi.
  if (stack === lab.stack) Object.assign(process.env, await environment(lab));
  const drift = await search({ stack, checks, say: (line) => console.error(line) });
  const result = formatted[format](drift);
  if (output !== undefined) writeFileSync(output, result);
  process.stdout.write(output === undefined ? result : text(drift));
  process.exitCode = codes[drift.result];
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  if (error instanceof Misuse) console.error("See npm run drift -- --help");
  process.exitCode = 2;
});
