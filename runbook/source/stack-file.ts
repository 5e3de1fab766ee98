/** Configuration of a stack from its file, for a program that runs without an engine. */
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectDirectory } from "../../engine/project";

/** Path of the file of a stack. */
export const stackFile = (stack: string) => join(projectDirectory, `Pulumi.${stack}.yaml`);

/** Configuration in the file of a stack. */
export const configurationOf = (stack: string) =>
  (parse(readFileSync(stackFile(stack), "utf8")) as { config: Readonly<Record<string, unknown>> }).config;

/**
 * Sets the configuration. Secrets of the file are replaced by texts. Undefined in `changes` removes a key.
 * @param own further secrets, by key
 */
export function setStackConfiguration(
  stack: string,
  changes: Readonly<Record<string, unknown>> = {},
  own: Readonly<Record<string, string>> = {},
): void {
  // The operators' manifests have tests of their own.
  const all: Record<string, unknown> = {
    ...configurationOf(stack),
    "runsheet:platform": { install: false },
    ...changes,
  };
  for (const key of Object.keys(all)) if (all[key] === undefined) delete all[key];
  const secrets = Object.keys(all).filter((key) => isSecret(all[key]));
  const text = (key: string, value: unknown) => {
    if (isSecret(value)) return key.endsWith("Url") ? `https://secret.invalid/${key}` : `<secret ${key}>`;
    return typeof value === "string" ? value : JSON.stringify(value);
  };
  const texts = Object.entries(all).map(([key, value]) => [key, text(key, value)]);
  pulumi.runtime.setAllConfig({ ...(Object.fromEntries(texts) as Record<string, string>), ...own }, [
    ...secrets,
    ...Object.keys(own),
  ]);
}

/** Returns true if Pulumi.STACK.yaml contains the value encrypted. */
const isSecret = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;
