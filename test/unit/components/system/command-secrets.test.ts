/** Secrets of commands that the configuration names. */
import * as pulumi from "@pulumi/pulumi";
import { commandEnvironment } from "../../../../components/system/secrets";
import { collectResources, settled } from "../../../support/mocks";

test("another value runs nothing again: the Secret keeps its name", async () => {
  const resources = collectResources();
  const parent = new pulumi.ComponentResource("runsheet:index:Step", "step");
  const secrets = { neonApiKey: pulumi.secret("of-neon") };
  const keys = { NEON_API_KEY: "neonApiKey" };
  const environment = commandEnvironment(
    "demo-backup-command",
    keys,
    { namespace: "demo", args: { secrets } },
    parent,
  )!;
  await settled();
  const { inputs } = resources.find(({ type }) => type === "kubernetes:core/v1:Secret")!;
  expect(inputs.metadata).toEqual({ name: "demo-backup-command", namespace: "demo" });
  expect(inputs.stringData).toMatchObject({ value: { NEON_API_KEY: "of-neon" } });
  expect(inputs).not.toHaveProperty("immutable");
  expect(environment.NEON_API_KEY).toMatchObject({ key: "NEON_API_KEY" });
});
