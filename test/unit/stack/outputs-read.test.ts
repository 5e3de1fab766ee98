/** The stack's outputs are read while the engine writes its state. */
import * as pulumi from "@pulumi/pulumi";
import { stackOutputs } from "../../../stack/outputs";

const away = 'failed to load checkpoint: blob (key ".pulumi/stacks/runsheet/local.json") (code=NotFound): no such file';
const empty = "failed to load checkpoint: EOF";

/** Makes the engine fail with each of the errors in turn, and then answer. Returns how often it was asked. */
function engineThat(...errors: readonly string[]): () => number {
  let asked = 0;
  const call = () => {
    const error = errors[asked];
    asked += 1;
    // An error of gRPC has its text in `details`.
    if (error !== undefined) throw Object.assign(new Error(error), { details: error });
    return { outputs: { prism: { release: "2.0" } } };
  };
  const newResource = () => ({ id: "", state: {} });
  void pulumi.runtime.setMocks({ call, newResource }, "runsheet", "test", false, "organization");
  return () => asked;
}

test("a state that is away or empty for a moment is read again", async () => {
  const asked = engineThat(away, empty);
  expect(await stackOutputs()).toEqual({ prism: { release: "2.0" } });
  expect(asked()).toBe(3);
});

test("a state that stays away is the engine's error", async () => {
  const asked = engineThat(...Array.from({ length: 9 }, () => away));
  await expect(stackOutputs()).rejects.toThrow(away);
  expect(asked()).toBe(5);
});

test("another error is not tried again", async () => {
  const asked = engineThat("incorrect passphrase");
  await expect(stackOutputs()).rejects.toThrow("incorrect passphrase");
  expect(asked()).toBe(1);
});
