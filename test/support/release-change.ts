/** Changes of what a stack deploys, which succeed, or fail in the smoke tests of PRISM. */
import { redis } from "./cluster";
import type { FaultyStack } from "./faulty-stack";

type Changes = Readonly<Record<string, unknown>>;

const key = "stand-in:prism:faults";

/** What an earlier run left that was killed. */
export const endFault = () => redis("DEL", key);

/** An `up` with these keys succeeds; returns its output. */
export function upWith(stack: FaultyStack, changes: Changes): Promise<string> {
  stack.configure(changes);
  return stack.upSucceeds();
}

/** An `up` with these keys fails, since PRISM's health check is answered with an error; returns its output. */
export async function failsWith(stack: FaultyStack, changes: Changes): Promise<string> {
  await redis("SET", key, JSON.stringify([{ path: "/health", status: 500 }]));
  stack.configure(changes);
  const output = await stack.upFails("FAILED API health");
  await endFault();
  return output;
}
