/** The key `backup` of a system's configuration. */
import * as pulumi from "@pulumi/pulumi";
import { readConfiguration } from "../../../stack/config";
import { collectResources } from "../../support/mocks";
import { smallestStack } from "../../support/smallest-stack";

const stack = { ...smallestStack("mued"), "mued:generateSecrets": "true" };
const command = { image: "neon:2", command: ["neon", "branches", "create"], secrets: { NEON_API_KEY: "neonApiKey" } };

beforeEach(() => void collectResources());

function read(backup: object, changes: Record<string, string> = {}) {
  pulumi.runtime.setAllConfig({ ...stack, "mued:backup": JSON.stringify(backup), ...changes }, ["mued:neonApiKey"]);
  return readConfiguration().systems[0]!;
}

test("it names secrets, which are keys of the system", () => {
  const { secrets, settings } = read({ command }, { "mued:neonApiKey": "secret" });
  expect(Object.keys(secrets)).toEqual(["neonApiKey"]);
  expect(settings.backup).toEqual({ command: { ...command, deadlineSeconds: 600, memoryLimit: "1Gi" } });
});

test.each([
  [
    { command },
    "mued:neonApiKey is missing: environment variable NEON_API_KEY of mued:backup; set it with: pulumi config set --secret mued:neonApiKey",
  ],
  [{}, "mued:backup.command is missing; set it with: pulumi config set --path 'mued:backup.command'"],
  [
    { command: { command: ["neon"] } },
    "mued:backup.command.image is missing; set it with: pulumi config set --path 'mued:backup.command.image'",
  ],
  [{ command: { ...command, retries: 3 } }, "unknown key mued:backup.command.retries"],
])("%j is refused", (backup, message) => expect(() => read(backup)).toThrow(message));
