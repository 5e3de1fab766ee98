/** Customers for whom a feature is on: "Phase 4 Deployment Guide: Gradual Rollout Strategy". */
import { createHash } from "node:crypto";
import { features, type Feature } from "./settings";

/** Configuration in the format of the guide's PHASE4_ROLLOUT_CONFIG. A missing feature is off. */
export type Rollout = Readonly<Partial<Record<Feature, FeatureRollout>>>;

export interface FeatureRollout {
  enabled: boolean;
  /** Percentage of the customers, from 0 to 100. When it is raised, customers who have the feature keep it. */
  rollout_percentage: number;
  /** Customers who have the feature regardless of the percentage. */
  beta_customers: readonly string[];
  /** Features that must also be on for the customer. */
  requires: readonly Feature[];
}

/** Parses the configuration from JSON. Throws an error that says what is wrong with it. */
export function parseRollout(text: string): Rollout {
  const rollout: Partial<Record<Feature, FeatureRollout>> = {};
  for (const [name, value] of Object.entries(asObject(JSON.parse(text), "the rollout configuration"))) {
    rollout[asFeature(name)] = parseFeature(name, asObject(value, name));
  }
  for (const feature of features) refuseCircle(rollout, feature, []);
  return rollout;
}

/**
 * Returns true if the feature is on for the customer. A feature that is off in `switches`, from the environment, is
 * off.
 */
export function isOn(
  feature: Feature,
  customerId: string,
  switches: Readonly<Record<Feature, boolean>>,
  rollout: Rollout,
): boolean {
  const found = rollout[feature];
  if (!switches[feature] || !found?.enabled) return false;
  const chosen = found.beta_customers.includes(customerId) || bucket(customerId) < found.rollout_percentage;
  return chosen && found.requires.every((required) => isOn(required, customerId, switches, rollout));
}

/**
 * Returns a number from 0 to 99, always the same for a customer and independent of the feature. If a feature at 10 %
 * requires another at 10 %, both are on for the same customers, instead of the first for only 1 % of all.
 */
function bucket(customerId: string): number {
  return createHash("sha256").update(customerId).digest().readUInt32BE(0) % 100;
}

function parseFeature(name: string, entry: Record<string, unknown>): FeatureRollout {
  const { enabled, rollout_percentage: percentage, beta_customers = [], requires = [] } = entry;
  if (typeof enabled !== "boolean") throw new Error(`enabled of ${name} must be true or false`);
  if (typeof percentage !== "number" || !(percentage >= 0 && percentage <= 100)) {
    throw new Error(`rollout_percentage of ${name} must be a number from 0 to 100`);
  }
  if (!isTexts(beta_customers)) throw new Error(`beta_customers of ${name} must be a list of customers' ids`);
  if (!isTexts(requires)) throw new Error(`requires of ${name} must be a list of features`);
  return { enabled, rollout_percentage: percentage, beta_customers, requires: requires.map(asFeature) };
}

function refuseCircle(rollout: Rollout, feature: Feature, path: readonly Feature[]): void {
  if (path.includes(feature)) throw new Error(`features require each other: ${[...path, feature].join(" -> ")}`);
  for (const required of rollout[feature]?.requires ?? []) refuseCircle(rollout, required, [...path, feature]);
}

function asFeature(name: string): Feature {
  const feature = features.find((each) => each === name);
  if (feature) return feature;
  throw new Error(`"${name}" is no feature: the features are ${features.join(", ")}`);
}

function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error(`${what} must be a JSON object`);
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");
