/** Secrets that the configuration names for commands and workloads. */
import * as pulumi from "@pulumi/pulumi";
import { environmentOfCommand, environmentOfWorkload } from "../../../../components/system/secrets";
import { collectResources, settled } from "../../../support/mocks";

const system = { namespace: "demo", args: { secrets: { neonApiKey: pulumi.secret("of-neon") } } };

/** Declares the variables, and returns them with the inputs of their Secret. */
async function declared(environmentOf: typeof environmentOfCommand) {
  const resources = collectResources();
  const parent = new pulumi.ComponentResource("runsheet:index:Step", "step");
  const environment = environmentOf(system, { name: "demo-variables", keys: { NEON_API_KEY: "neonApiKey" }, parent })!;
  await settled();
  const { inputs } = resources.find(({ type }) => type === "kubernetes:core/v1:Secret")!;
  return { environment, inputs };
}

test("another value runs no command again: the Secret keeps its name", async () => {
  const { environment, inputs } = await declared(environmentOfCommand);
  expect(inputs.metadata).toEqual({ name: "demo-variables", namespace: "demo" });
  expect(inputs.stringData).toMatchObject({ value: { NEON_API_KEY: "of-neon" } });
  expect(inputs).not.toHaveProperty("immutable");
  expect(environment.NEON_API_KEY).toMatchObject({ key: "NEON_API_KEY" });
});

test("another value rolls a workload's pods: the Secret gets another name", async () => {
  const { environment, inputs } = await declared(environmentOfWorkload);
  expect(inputs.metadata).toEqual({ namespace: "demo" });
  expect(inputs.immutable).toBe(true);
  expect(environment.NEON_API_KEY).toMatchObject({ key: "NEON_API_KEY" });
});

test("no names, no Secret", () =>
  expect(environmentOfCommand(system, { name: "demo", keys: {}, parent: undefined as never })).toBeUndefined());
