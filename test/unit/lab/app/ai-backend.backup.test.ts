/** "AI Backend Deployment Guide: ML Model Backups": there and back, and whatever may be wrong with either. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { aiBackend } from "../../../../lab/images/app/ai-backend";
import { ModelStore } from "../../../../lab/images/app/ai-backend/model-store";
import { models } from "../../../../lab/images/app/ai-backend/models";
import { runScript } from "../../../../lab/images/app/core/script";
import { readSettings } from "../../../../lab/images/app/core/settings";
import { flip, newDirectory, readModel, removeDirectories, truncate, writeModel } from "./model-directory";

let volume: string;
let backup: string;
const nothing = () => undefined;
const file = (name: string) => join(volume, name);
const files = ["compliance_checking.json", "fraud_detection.json", "nlp_invoice.json", "predictive_analytics.json"];

interface Outcome {
  createdAt: string;
  bytes: number;
  models: { file: string; copy: string; model: string; version: string; bytes: number; sha256: string }[];
  removed: string[];
}

async function run(script: string, ...args: string[]): Promise<Outcome> {
  const environment = { STAND_IN_SYSTEM: "ai-backend", STAND_IN_ROLE: script, MODEL_DIRECTORY: volume };
  const result = await runScript(readSettings(environment), aiBackend.scripts![script]!, args, nothing, nothing);
  return result as unknown as Outcome;
}

const backUp = () => run("backup-models", `--to=${backup}`);
const restore = () => run("restore-models", `--from=${backup}`);
const contents = (directory: string) => {
  const entries = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(entries.map(({ name }) => [name, readFileSync(join(directory, name), "utf8")]));
};

beforeEach(async () => {
  volume = newDirectory();
  backup = join(newDirectory(), "daily");
  await new ModelStore(volume, 5, models, { take: () => Promise.resolve(undefined) }, nothing).open();
});
afterEach(removeDirectories);

test("a backup has each file, checked, and its manifest", async () => {
  mkdirSync(file("lost+found"));
  writeFileSync(file(".fraud_detection.json.half"), "{");
  const result = await backUp();
  expect(result).toMatchObject({ from: volume, to: backup });
  expect(result.models.map(({ file, model, version }) => [file, model, version])).toEqual(
    files.map((name) => [name, name.replace(".json", ""), "1.0.0"]),
  );
  expect(result.bytes).toBe(files.reduce((sum, name) => sum + readFileSync(file(name)).length, 0));
  const { createdAt, models: described } = result;
  const manifest = readFileSync(join(backup, "manifest.json"), "utf8");
  expect(JSON.parse(manifest)).toEqual({ createdAt, models: described });
  expect(readdirSync(backup).sort()).toEqual([...described.map(({ copy }) => copy), "manifest.json"].sort());
  for (const { file: name, copy } of described) {
    expect(readFileSync(join(backup, copy), "utf8")).toBe(readFileSync(file(name), "utf8"));
  }
});

test("restored, the models are those of the backup: damaged, changed, lost and new ones", async () => {
  const before = contents(volume);
  const { createdAt, bytes } = await backUp();
  truncate(file("fraud_detection.json"));
  writeModel(file("nlp_invoice.json"), "2.0.0");
  rmSync(file("compliance_checking.json"));
  writeFileSync(file("other.json"), "{}");
  mkdirSync(file(".restore.killed"));
  const result = await restore();
  expect(result).toMatchObject({ from: backup, to: volume, createdAt, bytes, removed: ["other.json"] });
  expect(result.models.map(({ file: name }) => name)).toEqual(files);
  expect(contents(volume)).toEqual(before);
  expect(readdirSync(volume)).toHaveLength(4);
});

test("an empty volume is restored, too", async () => {
  const before = contents(volume);
  await backUp();
  volume = join(newDirectory(), "new");
  expect((await restore()).removed).toEqual([]);
  expect(contents(volume)).toEqual(before);
});

test("the next backup in the same directory replaces the one before", async () => {
  await backUp();
  writeModel(file("nlp_invoice.json"), "2.0.0");
  const { models: described } = await backUp();
  expect(described.map(({ version }) => version)).toEqual(["1.0.0", "1.0.0", "2.0.0", "1.0.0"]);
  expect(readdirSync(backup)).toHaveLength(5);
  writeModel(file("nlp_invoice.json"), "3.0.0");
  await restore();
  expect(readModel(file("nlp_invoice.json")).version).toBe("2.0.0");
});

const notBackedUp: [string, () => void, () => string][] = [
  [
    "damaged",
    () => flip(file("predictive_analytics.json")),
    () => "predictive_analytics.json is damaged: its content does",
  ],
  ["cut off", () => truncate(file("nlp_invoice.json")), () => "nlp_invoice.json is damaged: it is no JSON object"],
  ["not there", () => files.forEach((name) => rmSync(file(name))), () => `${volume} has no model: there is nothing`],
  ["among others", () => writeFileSync(file("notes.txt"), ""), () => `${file("notes.txt")} is no model`],
];
test.each(notBackedUp)(
  "models that are %s are not backed up, and the backup before stays",
  async (_name, harm, why) => {
    await backUp();
    const before = contents(backup);
    harm();
    await expect(backUp()).rejects.toThrow(why());
    expect(contents(backup)).toEqual(before);
  },
);

test("a model that is written meanwhile makes no backup", async () => {
  let copied = 0;
  const progress = () => {
    copied += 1;
    if (copied === 4) writeModel(file("compliance_checking.json"), "2.0.0");
  };
  const flags = { numbers: {}, switches: {}, texts: { to: backup } };
  const script = aiBackend.scripts!["backup-models"]!;
  await expect(script.run({ environment: { MODEL_DIRECTORY: volume }, progress } as never, flags)).rejects.toThrow(
    `${volume} was written to while it was copied: stop what writes to it, then back up again`,
  );
  await expect(restore()).rejects.toThrow(`${join(backup, "manifest.json")} is not there: there is no whole backup in`);
});

const path = (name: string) =>
  join(
    backup,
    readdirSync(backup).find((each) => each.startsWith(name))!,
  );
const manifest = () => JSON.parse(readFileSync(path("manifest"), "utf8")) as { models: object[] };
const writeManifest = (value: unknown) => writeFileSync(path("manifest"), JSON.stringify(value));
const noManifest = "a manifest has createdAt and models, each with file, copy, model, version, bytes and sha256";

const notRestored: [string, () => void, string | RegExp][] = [
  ["without a manifest", () => rmSync(path("manifest")), "manifest.json is not there: there is no whole backup in"],
  ["whose manifest was cut off", () => truncate(path("manifest")), /manifest\.json cannot be used \(.*JSON/],
  ["whose manifest is empty", () => writeManifest({ createdAt: "", models: [] }), noManifest],
  [
    "whose manifest leads elsewhere",
    () => writeManifest({ ...manifest(), models: [{ ...manifest().models[0], file: "../../x.json" }] }),
    noManifest,
  ],
  ["with a file that was cut off", () => truncate(path("nlp_invoice")), /nlp_invoice.* has 100 bytes instead of \d+/],
  [
    "with a file that was changed",
    () => flip(path("predictive_analytics")),
    /predictive_analytics.* does not have the sha256 that it was backed up with/,
  ],
  ["with a file that is gone", () => rmSync(path("predictive_analytics")), /predictive_analytics.* is gone, which the/],
];
test.each(notRestored)("a backup %s is not restored, and the present models stay", async (_name, harm, why) => {
  await backUp();
  harm();
  writeModel(file("fraud_detection.json"), "2.0.0");
  const before = contents(volume);
  await expect(restore()).rejects.toThrow(why);
  expect(contents(volume)).toEqual(before);
  expect(readdirSync(volume)).toHaveLength(4);
});

test("when a model cannot take its place, those that could give theirs back", async () => {
  await backUp();
  writeModel(file("compliance_checking.json"), "2.0.0");
  rmSync(file("fraud_detection.json"));
  rmSync(file("predictive_analytics.json"));
  mkdirSync(file("predictive_analytics.json"));
  const before = contents(volume);
  await expect(restore()).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(contents(volume)).toEqual(before);
  expect(readdirSync(volume).sort()).toEqual([
    "compliance_checking.json",
    "nlp_invoice.json",
    "predictive_analytics.json",
  ]);
});

test("a volume that is not there is not backed up", async () => {
  volume = join(volume, "elsewhere");
  await expect(backUp()).rejects.toThrow(`${volume} has no model: there is nothing to back up`);
});

test("a backup of the models into their own directory is refused", async () => {
  const refused = `--to is MODEL_DIRECTORY, ${volume}: give another one.`;
  await expect(run("backup-models", `--to=${volume}/.`)).rejects.toThrow(refused);
});
