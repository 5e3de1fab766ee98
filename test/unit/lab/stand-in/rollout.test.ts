/** Feature flags of OmniOps: the customers for whom a feature is on, and the file that defines them. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FeatureFlags } from "../../../../lab/stand-in/omniops/feature-flags";
import { isOn, parseRollout } from "../../../../lab/stand-in/omniops/rollout";
import { features, readOmniOpsSettings, switchOf, type Feature } from "../../../../lab/stand-in/omniops/settings";

const allOn = Object.fromEntries(features.map((feature) => [switchOf(feature), "true"]));
const { switches } = readOmniOpsSettings(allOn);

const guide = {
  sentiment_analysis: { enabled: true, rollout_percentage: 0, beta_customers: ["thompson-engineering"] },
  response_suggestions: { enabled: true, rollout_percentage: 100, requires: ["sentiment_analysis"] },
  auto_escalation: { enabled: false, rollout_percentage: 100, requires: ["sentiment_analysis"] },
};
const rollout = parseRollout(JSON.stringify(guide));

test.each<[Feature, string, boolean, string]>([
  ["sentiment_analysis", "thompson-engineering", true, "a beta customer has it at 0 %"],
  ["sentiment_analysis", "techsupport-co", false, "nobody else has"],
  ["response_suggestions", "thompson-engineering", true, "what it requires is on for the customer"],
  ["response_suggestions", "techsupport-co", false, "what it requires is off for the customer"],
  ["auto_escalation", "thompson-engineering", false, "it is not enabled"],
  ["conversation_insights", "thompson-engineering", false, "the configuration leaves it out"],
])("%s for %s is %s: %s", (feature, customer, expected) => {
  expect(isOn(feature, customer, switches, rollout)).toBe(expected);
});

test("the environment's switch goes before everything else, also for dependents", () => {
  const off = { ...switches, sentiment_analysis: false };
  expect(isOn("sentiment_analysis", "thompson-engineering", off, rollout)).toBe(false);
  expect(isOn("response_suggestions", "thompson-engineering", off, rollout)).toBe(false);
});

test("a percentage is that share of the customers; a higher one keeps the lower's", () => {
  const customers = Array.from({ length: 5_000 }, (_, number) => `customer-${number}`);
  const having = (percentage: number) => {
    const text = JSON.stringify({ sentiment_analysis: { enabled: true, rollout_percentage: percentage } });
    return customers.filter((customer) => isOn("sentiment_analysis", customer, switches, parseRollout(text)));
  };
  const tenth = having(10);
  expect(tenth.length / customers.length).toBeCloseTo(0.1, 1);
  expect(having(25)).toEqual(expect.arrayContaining(tenth));
  expect([having(0).length, having(100).length]).toEqual([0, 5_000]);
});

test("10 % of a feature that builds on 10 % of another are the same customers", () => {
  const tenth = { enabled: true, rollout_percentage: 10 };
  const both = { sentiment_analysis: tenth, response_suggestions: { ...tenth, requires: ["sentiment_analysis"] } };
  const stage = parseRollout(JSON.stringify(both));
  const customers = Array.from({ length: 1_000 }, (_, number) => `customer-${number}`);
  const having = (feature: Feature) => customers.filter((customer) => isOn(feature, customer, switches, stage));
  expect(having("response_suggestions")).toEqual(having("sentiment_analysis"));
  expect(having("response_suggestions").length).toBeGreaterThan(50);
});

test.each([
  ["[]", "the rollout configuration must be a JSON object"],
  [
    '{"mood": {"enabled": true, "rollout_percentage": 0}}',
    `"mood" is no feature: the features are ${features.join(", ")}`,
  ],
  ['{"auto_escalation": true}', "auto_escalation must be a JSON object"],
  ['{"auto_escalation": {"rollout_percentage": 0}}', "enabled of auto_escalation must be true or false"],
  [
    '{"auto_escalation": {"enabled": true, "rollout_percentage": 101}}',
    "rollout_percentage of auto_escalation must be a number from 0 to 100",
  ],
  [
    '{"auto_escalation": {"enabled": true, "rollout_percentage": 0, "beta_customers": "all"}}',
    "beta_customers of auto_escalation must be a list of customers' ids",
  ],
  [
    '{"auto_escalation": {"enabled": true, "rollout_percentage": 0, "requires": ["auto_escalation"]}}',
    "features require each other: auto_escalation -> auto_escalation",
  ],
])("%s is refused", (text, message) => {
  expect(() => parseRollout(text)).toThrow(message);
});

describe("the file", () => {
  let folder: string;
  let log: string[];
  let now: number;
  let flags: FeatureFlags;
  const on = () => {
    now += 1_000;
    return flags.isOn("sentiment_analysis", "thompson-engineering");
  };
  const write = (text: string) => {
    writeFileSync(join(folder, "new"), text);
    renameSync(join(folder, "new"), join(folder, "rollout.json"));
  };

  /** Logs events with their errors. */
  const note = (event: string, fields: Record<string, unknown> = {}) =>
    void log.push(typeof fields.error === "string" ? `${event}: ${fields.error}` : event);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rollout-"));
    log = [];
    now = 0;
    const settings = readOmniOpsSettings({ ...allOn, FEATURE_ROLLOUT_FILE: join(folder, "rollout.json") });
    flags = new FeatureFlags(settings, note, () => now);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("is read again when it changes, and no more than once a second", () => {
    write(JSON.stringify(guide));
    expect([on(), on()]).toEqual([true, true]);
    write(JSON.stringify({ sentiment_analysis: { enabled: true, rollout_percentage: 0 } }));
    expect(flags.isOn("sentiment_analysis", "thompson-engineering")).toBe(true);
    expect(on()).toBe(false);
    expect(log).toEqual(["rollout configuration read", "rollout configuration read"]);
  });

  test("that is missing or broken turns everything off, and is complained about once", () => {
    write(JSON.stringify(guide));
    expect(on()).toBe(true);
    write("{");
    expect([on(), on()]).toEqual([false, false]);
    rmSync(join(folder, "rollout.json"));
    expect([on(), on()]).toEqual([false, false]);
    write(JSON.stringify(guide));
    expect(on()).toBe(true);
    expect(log).toEqual([
      "rollout configuration read",
      expect.stringContaining("all features are off: Expected property name"),
      expect.stringMatching("all features are off: .*ENOENT"),
      "rollout configuration read",
    ]);
  });

  test("that is not named is said, too", () => {
    flags = new FeatureFlags(readOmniOpsSettings(allOn), note);
    expect(on()).toBe(false);
    expect(log).toEqual(["all features are off: FEATURE_ROLLOUT_FILE is not set"]);
  });
});
