/** A preview of the stack production on a fresh clone: one list of what is missing, whose commands set it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FreshClone, missing } from "../support/fresh-clone";

const clone = new FreshClone("production", { KUBECONFIG: "" });
const file = "Pulumi.production.yaml";
const fresh = clone.read(file);
const urls: Readonly<Record<string, string>> = {
  "omniops:databaseUrl": "postgresql://app:secret@db.example/data",
  "omniops:redisUrl": "rediss://:secret@redis.example:6380",
  "omniops:slackWebhookUrl": "https://hooks.example/services/T00",
};

beforeAll(() => clone.run("stack init production"));
afterAll(() => clone.remove());

test("the new stack adds its salt to the file, and changes nothing else", () =>
  expect(clone.read(file).replace(/^encryptionsalt: .*\n/m, "")).toBe(fresh));

test("a preview prints the whole list, and nothing but it", async () => {
  const list = readFileSync(join(__dirname, "..", "golden", "production.missing.txt"), "utf8");
  expect(await clone.refused()).toEqual(
    list
      .trim()
      .split("\n")
      .map((line) => line.trim()),
  );
});

test("the commands of the list set what is missing, and the next problem is shown", async () => {
  await clone.run("config set --path 'runsheet:systems[0]' omniops");
  writeFileSync(join(clone.directory, "ca.pem"), "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
  const [first, ...lines] = await clone.refused();
  expect(first).toBe("the configuration of stack production has 17 missing values; nothing was changed:");
  for (const line of lines) {
    const value = missing(line);
    const example = value.command.endsWith(" FILE") ? "ca.pem" : /, such as (.*)$/.exec(value.what)?.[1];
    await clone.set(value, example ?? urls[value.key] ?? "secret");
  }
  const directoryOfTeam = join(clone.directory, "..", "omniops", "supabase", "migrations");
  expect(await clone.refused()).toEqual([
    "the configuration of stack production has a problem; nothing was changed:",
    `- omniops:migrations: there is no directory ${directoryOfTeam}: name the one of the migrations`,
  ]);
  const text = clone.read(file);
  const comments = fresh.split("\n").filter((line) => line.trim().startsWith("#"));
  expect(text.split("\n").filter((line) => line.trim().startsWith("#"))).toEqual(comments);
  expect(text).not.toContain("secret@db.example");
});
