/** Reads the configuration of a small stack: PRISM with a database that the stack makes. */
import * as pulumi from "@pulumi/pulumi";
import { readConfiguration, type Configuration } from "../../stack/config";
import type { PrismSettings } from "../../systems/prism/settings";

/** CPU and memory that a server is promised of its node. */
export const resources = { cpu: "500m", memory: "2Gi" };

/** Settings of PostgreSQL that are valid for a stack that protects its data. */
export const cloudnativepg = (settings: object = {}) =>
  JSON.stringify({ engine: "cloudnativepg", storage: "10Gi", resources, ...settings });

const valid: Record<string, string> = {
  "runsheet:context": "somewhere",
  "runsheet:systems": '["prism"]',
  "prism:release": "5.0.0",
  "prism:application": '{"standIn":true}',
  "prism:generateSecrets": "true",
  "prism:postgres": cloudnativepg(),
  "prism:redis": '{"engine":"kubernetes"}',
};

/** Reads the configuration of the small stack `test` with these changes, of which some keys are set as secrets. */
export function read(changes: Record<string, string | undefined>, secretKeys: string[] = []) {
  const all = Object.entries({ ...valid, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  pulumi.runtime.setAllConfig(Object.fromEntries(all), secretKeys);
  return readConfiguration();
}

/** Settings and secrets of PRISM. */
export const prismOf = ({ systems }: Configuration) => {
  const { settings, secrets } = systems.find(({ system }) => system.name === "prism")!;
  return { settings: settings as PrismSettings, secrets };
};

/** Message for a configuration with this one problem. */
export const problem = (text: string) =>
  `the configuration of stack test has a problem; nothing was changed:\n  - ${text}`;

/** Password of an external server's administrator, which is a secret key. */
export const adminPassword = { "prism:postgresAdminPassword": "generated" };
