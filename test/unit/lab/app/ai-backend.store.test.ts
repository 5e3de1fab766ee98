/** The AI backend's models on their volume: written once, checked when read, and the last used kept in memory. */
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ModelStore } from "../../../../lab/images/app/ai-backend/model-store";
import { models } from "../../../../lab/images/app/ai-backend/models";
import { createFaults } from "../../../../lab/images/app/core/faults";
import { openRedis } from "../../../../lab/images/app/core/redis";
import { readSettings } from "../../../../lab/images/app/core/settings";
import { flip, newDirectory, readModel, removeDirectories, truncate, writeModel } from "./model-directory";

const [fraud, predictive, compliance, nlp] = models;
let directory: string;
let log: Record<string, unknown>[];
const file = (name: string) => join(directory, `${name}.json`);

beforeEach(() => {
  directory = newDirectory();
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

test("an empty volume gets the models, whole", async () => {
  directory = join(directory, "not-there-yet");
  const store = await opened();
  await store.check();
  const names = ["compliance_checking.json", "fraud_detection.json", "nlp_invoice.json", "predictive_analytics.json"];
  expect(readdirSync(directory).sort()).toEqual(names);
  const { name, version, sha256, content } = readModel(file("fraud_detection"));
  expect([name, version, content]).toEqual(["fraud_detection", "1.0.0", fraud!.content]);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(log.filter(({ event }) => event === "model written").map(({ model }) => model)).toEqual([
    "fraud_detection",
    "predictive_analytics",
    "compliance_checking",
    "nlp_invoice",
  ]);
});

test("what is on the volume is read and not written again; several replicas write the same", async () => {
  await Promise.all([opened(), opened(), opened()]);
  writeModel(file("fraud_detection"), "2.0.0", { threshold: 2 });
  log = [];
  const store = await opened();
  expect(await store.get(fraud!)).toMatchObject({ version: "2.0.0", accuracy: 0.5, content: { threshold: 2 } });
  expect(log.filter(({ event }) => event === "model written")).toEqual([]);
  expect(store.accuracies()).toEqual([
    ["fraud_detection", 0.5],
    ["predictive_analytics", 0.8],
    ["compliance_checking", 0.9],
    ["nlp_invoice", 0.7778],
  ]);
});

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
  ["of another model", (path) => renameSync(file("nlp_invoice"), path), "is of the model nlp_invoice"],
];
test.each(damage)("a model that is %s is named, and the others can be used", async (_name, harm, why) => {
  await opened();
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
  // However often it is asked, the log says it once.
  expect(log.filter(({ event }) => event === "model cannot be used")).toHaveLength(1);
});

test("a content that is none of such a model, though it has its sha256", async () => {
  await opened();
  writeModel(file("fraud_detection"), "2.0.0", { weights: null });
  await expect((await opened()).check()).rejects.toThrow(
    `fraud_detection: ${file("fraud_detection")} is no such model: `,
  );
});

test("a damaged model that was put right is found by the next check", async () => {
  await opened();
  truncate(file("nlp_invoice"));
  const store = await opened();
  await expect(store.check()).rejects.toThrow("nlp_invoice");
  rmSync(file("nlp_invoice"));
  await store.check();
  expect(await store.get(nlp!)).toMatchObject({ accuracy: 0.7778 });
});

test("verifying finds what was damaged or lost after it was loaded, and takes a new version", async () => {
  const store = await opened();
  writeModel(file("compliance_checking"), "1.1.0", { vatRates: [0] });
  flip(file("predictive_analytics"));
  rmSync(file("nlp_invoice"));
  await store.check();
  await expect(store.verify()).rejects.toThrow(
    `predictive_analytics: ${file("predictive_analytics")} is damaged: its content does not have its sha256; ` +
      `nlp_invoice: ${file("nlp_invoice")} is gone`,
  );
  // What is lost while it runs is no empty volume.
  await expect(store.check()).rejects.toThrow("is gone");
  expect(await store.get(compliance!)).toMatchObject({ version: "1.1.0" });
});

test("the model that was used the longest ago goes from memory, and is read again when it is wanted", async () => {
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
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(hanging.opened).toBe(false);
});
