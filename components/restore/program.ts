/**
 * What a pod does before a database is brought back from an object store, which the variables STORE_* describe:
 *
 *     restore.cjs archive SERVER POINT    whether the archive reaches that moment; LIVE=true: the server still runs
 *     restore.cjs dump NAME               brings a dump to /dumps/restored.dump, whole or not at all
 *     restore.cjs check NAME              the same, and throws it away: whether it could be brought back
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fetchDump } from "../dump/stored";
import { storeOf } from "../object-store/client";
import { readArchive, unreachable } from "./archive";

const store = storeOf(process.env);
const path = join(process.env.RUNSHEET_DUMPS ?? "/dumps", "restored.dump");

const commands: Readonly<Record<string, (name: string, point: string) => Promise<void>>> = {
  async archive(server, point) {
    const contents = await readArchive(store, server);
    const why = unreachable(contents, point, process.env.LIVE === "true", new Date());
    if (why !== undefined) throw new Error(`the archive ${store.url(server)} cannot bring back ${point}: ${why}`);
    const { backups, lastLog } = contents;
    console.log(
      `the archive ${server} has ${backups.length} base backups, and the log up to ${lastLog!.toISOString()}`,
    );
  },

  async dump(name) {
    const { bytes, taken, change } = await fetchDump(store, name, path);
    const schema = change ? `the schema up to ${change}` : "no migration";
    console.log(`fetched ${name}: ${(bytes / 1e6).toFixed(1)} MB, taken ${taken}, with ${schema}`);
  },

  async check(name) {
    await commands.dump!(name, "");
    rmSync(path);
  },
};

async function main(): Promise<void> {
  const [name = "", first = "", second = ""] = process.argv.slice(2);
  const command = commands[name];
  if (!command) throw new Error(`"${name}" is no command: there are ${Object.keys(commands).join(", ")}`);
  await command(first, second);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
