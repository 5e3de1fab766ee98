/** File of a stack, as drills read it. */
import { settingsFile, StackSettings } from "../../../drills/stack-settings";
import { scenarios } from "../../../drills/scenarios";
import { DrillsOnRecord } from "../../support/drills-on-record";

let project: DrillsOnRecord;
beforeEach(() => (project = new DrillsOnRecord()));
afterEach(() => project.remove());

test("what decrypts its secrets stays beside the configuration, for the up of a drill", () => {
  project.file("Pulumi.eu.yaml", "encryptionsalt: v1:abc\nconfig:\n  runsheet:context: eu-1\n");
  expect(settingsFile("eu", project.root)).toEqual({
    encryptionsalt: "v1:abc",
    config: { "runsheet:context": "eu-1" },
  });
});

test("its hash changes with any value", () => {
  const hash = (config: object) => new StackSettings("eu", { config: { ...config } }).configurationHash;
  const config = { "runsheet:context": "eu-1", "prism:postgres": { instances: 1 } };
  expect(hash(config)).toBe(hash(structuredClone(config)));
  expect(hash(config)).toMatch(/^[0-9a-f]{64}$/);
  expect(hash({ ...config, "prism:postgres": { instances: 2 } })).not.toBe(hash(config));
});

test("an empty file has no configuration", () => {
  project.file("Pulumi.eu.yaml", "");
  expect(settingsFile("eu", project.root)).toEqual({ config: {} });
});

test("the objectives of a system are configured, else the scenario's", () => {
  project.stack("eu", { "runsheet:drills": { objectives: { prism: { rto: "20s" } } } });
  const failover = scenarios.find(({ name }) => name === "failover")!;
  const objectives = StackSettings.read("eu", project.root).objectives(failover);
  expect(objectives("prism")).toEqual({ rto: 20, rpo: 0 });
  expect(objectives("pm")).toEqual({ rto: 30, rpo: 0 });
});

test("wrong objectives are refused before a drill begins", () => {
  project.stack("eu", { "runsheet:drills": { objectives: { billing: { rto: "20s" } } } });
  expect(() => StackSettings.read("eu", project.root).objectives(scenarios[0]!)).toThrow(
    "Pulumi.eu.yaml: unknown key runsheet:drills.objectives.billing; the keys of runsheet:drills.objectives are prism, omniops, mued, pm, ai-backend",
  );
});
