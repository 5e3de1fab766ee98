/**
 * Model store of the AI backend: files are checked when they are read and never written, and recently used models stay
 * in memory.
 */
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ModelStore } from "../../../../lab/stand-in/ai-backend/model-store";
import { models } from "../../../../lab/stand-in/ai-backend/models";
import { writeModels } from "../../../../lab/stand-in/ai-backend/write-models";
import { createFaults } from "../../../../lab/stand-in/core/faults";
import { openRedis } from "../../../../lab/stand-in/core/redis";
import { readSettings } from "../../../../lab/stand-in/core/settings";
import {
  flip,
  newDirectory,
  newModelDirectory,
  readModel,
  removeDirectories,
  truncate,
  writeModel,
} from "./model-directory";

const [fraud, predictive, compliance, nlp] = models;
let directory: string;
let log: Record<string, unknown>[];
const file = (name: string) => join(directory, `${name}.json`);

beforeEach(async () => {
  directory = await newModelDirectory();
  log = [];
});
afterEach(removeDirectories);

function createStore(cacheSize = 5, faults: unknown[] = [], enabled = models): ModelStore {
  const write = (event: string, fields = {}) => void log.push({ event, ...fields });
  const environment = { STAND_IN_SYSTEM: "ai-backend", STAND_IN_ROLE: "api", STAND_IN_FAULTS: JSON.stringify(faults) };
  const found = createFaults(readSettings(environment), openRedis(undefined, write), write);
  return new ModelStore(directory, cacheSize, enabled, found, write);
}

async function opened(cacheSize = 5, faults: unknown[] = []): Promise<ModelStore> {
  const store = createStore(cacheSize, faults);
  await store.open();
  return store;
}

const names = models.map(({ name }) => name);
const missing = (name: string) => `${name}: ${file(name)} is not there`;

test("models are read, and used by their content", async () => {
  writeModel(file("fraud_detection"), "2.0.0", { threshold: 2 });
  const store = await opened();
  await store.check();
  expect(await store.get(fraud!)).toMatchObject({ version: "2.0.0", accuracy: 0.5, content: { threshold: 2 } });
  expect(store.accuracies()).toEqual([
    ["fraud_detection", 0.5],
    ["predictive_analytics", 0.8],
    ["compliance_checking", 0.9],
    ["nlp_invoice", 0.7778],
  ]);
});

test("models that are not there are named, and found when they appear", async () => {
  directory = join(newDirectory(), "v1");
  const store = await opened();
  expect(store.opened).toBe(true);
  await expect(store.check()).rejects.toThrow(new Error(names.map(missing).join("; ")));
  await expect(store.get(fraud!)).rejects.toMatchObject({
    status: 503,
    message: `The model fraud_detection cannot be used now (${file("fraud_detection")} is not there).`,
  });
  await writeModels(directory);
  await store.check();
  expect(await store.get(fraud!)).toMatchObject({ version: "1.0.0" });
});

const directories: [string, () => void][] = [
  ["all models", () => undefined],
  ["a damaged one", () => truncate(file("nlp_invoice"))],
  ["one that is not there", () => rmSync(file("nlp_invoice"))],
  ["none", () => names.forEach((name) => rmSync(file(name)))],
];
test.each(directories)("a directory with %s is never written to", async (_name, harm) => {
  harm();
  // An old timestamp, since two writes within a few milliseconds may have the same one.
  for (const path of [...readdirSync(directory).map((name) => join(directory, name)), directory])
    utimesSync(path, 0, 0);
  const before = everything();
  const store = await opened();
  await store.check().catch(() => undefined);
  await store.verify().catch(() => undefined);
  expect(everything()).toEqual(before);
});

/** Contents and modification times. The directory's own time also reveals files that existed only for a moment. */
function everything() {
  const changed = (path: string) => statSync(path).mtimeMs;
  const files = readdirSync(directory).map((name) => {
    const path = join(directory, name);
    return { name, changed: changed(path), text: readFileSync(path, "utf8") };
  });
  return { changed: changed(directory), files };
}

test("before they are loaded a check says so", async () => {
  await expect(createStore(5, [], [fraud!]).check()).rejects.toThrow("fraud_detection: it is being loaded");
});

const damage: [string, (path: string) => void, string][] = [
  ["cut off", truncate, "is damaged: it is no JSON object"],
  ["empty", (path) => writeFileSync(path, ""), "is damaged: it is no JSON object"],
  ["not an object", (path) => writeFileSync(path, "null"), "is damaged: it is no JSON object"],
  [
    "without a version",
    (path) => writeFileSync(path, JSON.stringify({ ...readModel(path), version: undefined })),
    "is damaged: a model has name, version, sha256 and content",
  ],
  ["changed by a bit", flip, "is damaged: its content does not have its sha256"],
  ["of another model", (path) => copyFileSync(file("nlp_invoice"), path), "is of the model nlp_invoice"],
];
test.each(damage)("a model that is %s is named, and the others can be used", async (_name, harm, why) => {
  harm(file("predictive_analytics"));
  const store = await opened();
  expect(store.opened).toBe(true);
  const path = file("predictive_analytics");
  await expect(store.check()).rejects.toThrow(new Error(`predictive_analytics: ${path} ${why}`));
  await expect(store.get(predictive!)).rejects.toMatchObject({
    status: 503,
    message: `The model predictive_analytics cannot be used now (${path} ${why}).`,
  });
  expect(await store.get(fraud!)).toMatchObject({ version: "1.0.0" });
  expect(store.accuracies().map(([name]) => name)).not.toContain("predictive_analytics");
  // The error is logged once, however many requests there are.
  expect(log.filter(({ event }) => event === "model cannot be used")).toHaveLength(1);
});

test("a content that is none of such a model, though it has its sha256", async () => {
  writeModel(file("fraud_detection"), "2.0.0", { weights: null });
  await expect((await opened()).check()).rejects.toThrow(
    `fraud_detection: ${file("fraud_detection")} is no such model: `,
  );
});

test("a damaged model that was put right is found by the next check", async () => {
  truncate(file("nlp_invoice"));
  const store = await opened();
  await expect(store.check()).rejects.toThrow("nlp_invoice");
  await writeModels(directory);
  await store.check();
  expect(await store.get(nlp!)).toMatchObject({ accuracy: 0.7778 });
});

test("verifying finds what was damaged or lost after loading, and takes a new version", async () => {
  const store = await opened();
  writeModel(file("compliance_checking"), "1.1.0", { vatRates: [0] });
  flip(file("predictive_analytics"));
  rmSync(file("nlp_invoice"));
  await store.check();
  await expect(store.verify()).rejects.toThrow(
    `predictive_analytics: ${file("predictive_analytics")} is damaged: its content does not have its sha256; ` +
      missing("nlp_invoice"),
  );
  await expect(store.check()).rejects.toThrow(missing("nlp_invoice"));
  expect(await store.get(compliance!)).toMatchObject({ version: "1.1.0" });
});

test("the least recently used model leaves memory, and is read again when wanted", async () => {
  const store = await opened(3);
  const cached = () => store.details().cached;
  expect(cached()).toEqual(["predictive_analytics", "compliance_checking", "nlp_invoice"]);
  await store.get(predictive!);
  expect(cached()).toEqual(["compliance_checking", "nlp_invoice", "predictive_analytics"]);
  writeModel(file("fraud_detection"), "2.0.0");
  expect(await store.get(fraud!)).toMatchObject({ version: "2.0.0" });
  expect(cached()).toEqual(["nlp_invoice", "predictive_analytics", "fraud_detection"]);
  await store.check();
  expect(cached()).toHaveLength(3);
});

test("a file that cannot be read is told", async () => {
  rmSync(file("fraud_detection"));
  mkdirSync(file("fraud_detection"));
  await expect((await opened()).check()).rejects.toThrow(/^fraud_detection: .*EISDIR/);
});

test("faults make loading slow or fail", async () => {
  const faults = [{ path: "model-load:fraud_detection", status: 500, body: "no memory", remaining: 1 }];
  const store = await opened(5, faults);
  expect(store.details().models.fraud_detection).toEqual({ status: "unhealthy", error: "no memory" });
  await store.check();
  const hanging = createStore(5, [{ path: "model-load:*", hang: true }]);
  void hanging.open();
  await sleep(50);
  expect(hanging.opened).toBe(false);
});
