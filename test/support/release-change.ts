/** Changes of a stack's releases that succeed, or that fail in the smoke tests of PRISM. */
import { redis } from "./cluster";
import type { FaultyStack } from "./faulty-stack";

type Changes = Readonly<Record<string, unknown>>;

const key = "stand-in:prism:faults";

/** Removes the injected fault, also one of an earlier run that was killed. */
export const endFault = () => redis("DEL", key);

/** Configures these keys and runs an `up` that must succeed. Returns its output. */
export function upWith(stack: FaultyStack, changes: Changes): Promise<string> {
  stack.configure(changes);
  return stack.upSucceeds();
}

/**
 * Configures these keys and runs an `up` that must fail, since PRISM's health check returns an error. Returns its
 * output.
 */
export async function failsWith(stack: FaultyStack, changes: Changes): Promise<string> {
  await redis("SET", key, JSON.stringify([{ path: "/health", status: 500 }]));
  stack.configure(changes);
  const output = await stack.upFails("FAILED API health");
  await endFault();
  return output;
}
