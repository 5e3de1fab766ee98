/** A stack's configuration as its file has it, for a program that runs without an engine. */
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const root = join(__dirname, "..", "..");

/** Sets it, with texts in the place of secrets; undefined in `changes` removes a key. */
export function setStackConfiguration(stack: string, changes: Readonly<Record<string, unknown>> = {}): void {
  const { config } = parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  // The operators' manifests are tested on their own: they are not the stack's.
  const all: Record<string, unknown> = { ...config, "runsheet:platform": { install: false }, ...changes };
  for (const key of Object.keys(all)) if (all[key] === undefined) delete all[key];
  const secrets = Object.keys(all).filter((key) => isSecret(all[key]));
  const text = (key: string, value: unknown) => {
    if (isSecret(value)) return key.endsWith("Url") ? `https://secret.invalid/${key}` : `<secret ${key}>`;
    return typeof value === "string" ? value : JSON.stringify(value);
  };
  const texts = Object.entries(all).map(([key, value]) => [key, text(key, value)]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>, secrets);
}

/** Whether Pulumi.STACK.yaml holds it encrypted. */
const isSecret = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;
