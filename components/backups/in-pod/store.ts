/**
 * Finds, stores and deletes dumps in an object store, which the variables STORE_* describe:
 *
 *     store.cjs find DEPLOYMENT    writes the file "earlier" to /dumps if a dump of that deployment meets PROOF
 *     store.cjs put TIER           stores the dump that dump.sh left there, if any; TIER "scheduled" chooses the tier
 *     store.cjs retain             deletes the dumps whose retention (KEEP_DAYS, in JSON) has expired
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { storeOf } from "../../object-store/in-pod/client";
import { dumpOf, leftovers, removeDump, storeDump, storedDumps, type Manifest } from "./stored";
import { due, tierOf, tiers, type KeepDays, type Tier } from "../tiers";

const dumps = process.env.RUNSHEET_DUMPS ?? "/dumps";
const store = storeOf(process.env);
/** Signs the manifests. Undefined if the stack signs none. */
const key = process.env.STORE_SIGNING_KEY;
/** Says what does not stop the command. */
const say = (line: string) => console.error(line);
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

const commands: Readonly<Record<string, (argument: string) => Promise<void>>> = {
  async find(deployment) {
    const name = await dumpOf(store, deployment, process.env.PROOF === "restore" ? "restored" : "read", say, key);
    if (name !== undefined) writeFileSync(join(dumps, "earlier"), name);
  },

  async put(kind) {
    const unneeded = join(dumps, "unneeded");
    if (existsSync(unneeded)) {
      const earlier = readFileSync(unneeded, "utf8");
      const reason = earlier
        ? `no change is due, and ${earlier} has saved this deployment`
        : "the database has no table";
      console.log(`no dump is needed: ${reason}`);
      return;
    }
    const manifestName = readdirSync(dumps).find((name) => name.endsWith(".manifest.json"));
    if (manifestName === undefined)
      throw new Error(`no dump with a manifest in ${dumps}: dump.sh has to take one first`);
    const manifest = JSON.parse(readFileSync(join(dumps, manifestName), "utf8")) as Manifest;
    const tier = kind === "scheduled" ? tierOf(new Date(manifest.taken), await storedDumps(store, say, key)) : kind;
    if (!tiers.includes(tier as Tier)) throw new Error(`unknown tier "${tier}"; tiers: ${tiers.join(", ")}, scheduled`);
    const name = `${tier}/${manifest.dump.replace(/\.dump$/, "")}`;
    console.log(`storing ${store.url(name)}.dump (${megabytes(manifest.bytes)})`);
    const path = join(dumps, manifest.dump);
    const stored = await storeDump(store, name, path, manifest, key);
    rmSync(path);
    const { bytes, sha256 } = manifest;
    console.log(
      stored
        ? `stored ${name}.dump and read it back: ${bytes} bytes, sha256 ${sha256}`
        : `${name} exists and is verified; a dump is never overwritten`,
    );
  },

  async retain() {
    const keepDays = JSON.parse(process.env.KEEP_DAYS!) as KeepDays;
    const now = new Date();
    const all = await storedDumps(store, say, key);
    const over = due(all, keepDays, now);
    for (const { name } of over) {
      await removeDump(store, name);
      console.log(`deleted ${name}: its retention has expired`);
    }
    // Dumps take less than a day, so an older one belongs to no running upload.
    const lost = await leftovers(store, new Date(now.getTime() - 86_400_000));
    for (const name of lost) {
      await store.remove(name);
      console.log(`deleted ${name}: it has no manifest`);
    }
    console.log(`kept: ${all.length - over.length} dumps; deleted: ${over.length + lost.length}`);
  },
};

async function main(): Promise<void> {
  const [name = "", argument = ""] = process.argv.slice(2);
  const command = commands[name];
  if (!command) throw new Error(`unknown command "${name}"; commands: ${Object.keys(commands).join(", ")}`);
  await command(argument);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
