/** Prints what is being done and for how long, so that no long step looks like a hang. */

const elapsed = (since: number) => Math.round((Date.now() - since) / 1000);

/**
 * Runs `work` under a title: the title when it starts, a sign of life every 15 s, the time when it ends. What `work`
 * throws passes through, after the title is marked as failed.
 * @param left what is left after that many seconds, for the start and the signs of life; default: nothing is said of it
 */
export async function step<T>(
  title: string,
  work: () => Promise<T>,
  left: (seconds: number) => string | undefined = () => undefined,
): Promise<T> {
  const start = Date.now();
  const say = (...facts: (string | undefined)[]) => {
    const known = facts.filter((fact) => fact !== undefined);
    console.log(`  ... ${title}${known.length > 0 ? ` (${known.join(", ")})` : ""}`);
  };
  say(left(0));
  const alive = setInterval(() => say(`${elapsed(start)} s so far`, left(elapsed(start))), 15_000);
  try {
    const result = await work();
    console.log(`  ok  ${title} (${elapsed(start)} s)`);
    return result;
  } catch (error) {
    console.log(`  FAILED ${title} (after ${elapsed(start)} s)`);
    throw error;
  } finally {
    clearInterval(alive);
  }
}
