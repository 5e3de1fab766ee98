/** Stacks that a scenario does not support: it refuses them before it changes anything. */
import { lostCluster } from "../../../drills/scenarios/lost-cluster";
import { modelVolume } from "../../../drills/scenarios/model-volume";
import type { DrilledStack } from "../../../drills/stack";

const stack = (settings: { isProtected?: boolean; models?: object }) => {
  const { isProtected = false, models } = settings;
  return { name: "staging", isProtected, configured: () => models } as unknown as DrilledStack;
};

test("a stack that protects its data cannot be lost", () => {
  expect(lostCluster.unsuitable!(stack({ isProtected: true }), "stack")).toBe(
    "the stack staging protects its data, so pulumi destroy fails: use a stack with runsheet:protect false",
  );
  expect(lostCluster.unsuitable!(stack({}), "stack")).toBeUndefined();
});

test("models that are being restored already cannot be lost", () => {
  expect(modelVolume.unsuitable!(stack({ models: { restore: "1" } }), "ai-backend")).toBe(
    "remove ai-backend:models.restore from the configuration first: the drill sets it",
  );
  expect(modelVolume.unsuitable!(stack({ models: { version: "2" } }), "ai-backend")).toBeUndefined();
  expect(modelVolume.unsuitable!(stack({}), "ai-backend")).toBeUndefined();
});
