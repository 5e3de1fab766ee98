/** Script that writes the AI backend's models into a directory. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { aiBackend } from "../../../../lab/stand-in/ai-backend";
import { models } from "../../../../lab/stand-in/ai-backend/models";
import { runScript } from "../../../../lab/stand-in/core/script";
import { readSettings } from "../../../../lab/stand-in/core/settings";
import { newDirectory, readModel, removeDirectories, truncate, writeModel } from "./model-directory";

const names = ["compliance_checking.json", "fraud_detection.json", "nlp_invoice.json", "predictive_analytics.json"];
const nothing = () => undefined;
let directory: string;

beforeEach(() => (directory = newDirectory()));
afterEach(removeDirectories);

function run() {
  const settings = readSettings({ STAND_IN_SYSTEM: "ai-backend", STAND_IN_ROLE: "write-models" });
  return runScript(settings, aiBackend.scripts!["write-models"]!, [`--to=${directory}`], nothing, nothing);
}

test("a new directory gets the models, and the result names each file", async () => {
  directory = join(directory, "models", "v1");
  const result = await run();
  expect(readdirSync(directory).sort()).toEqual(names);
  for (const { name, version, content } of models) {
    expect(readModel(join(directory, `${name}.json`))).toMatchObject({ name, version, content });
  }
  const files = models.map(({ name }) => {
    const data = readFileSync(join(directory, `${name}.json`));
    return { file: `${name}.json`, bytes: data.length, sha256: createHash("sha256").update(data).digest("hex") };
  });
  expect(result).toEqual({ to: directory, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), files });
});

test("what is there is written over", async () => {
  const first = await run();
  writeModel(join(directory, "nlp_invoice.json"), "2.0.0");
  truncate(join(directory, "fraud_detection.json"));
  rmSync(join(directory, "compliance_checking.json"));
  expect(await run()).toEqual(first);
  expect(readdirSync(directory).sort()).toEqual(names);
  expect(readModel(join(directory, "nlp_invoice.json")).version).toBe("1.0.0");
});

test("a model that cannot take its place leaves no half of it", async () => {
  mkdirSync(join(directory, "fraud_detection.json"));
  await expect(run()).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(readdirSync(directory)).toEqual(["fraud_detection.json"]);
});
