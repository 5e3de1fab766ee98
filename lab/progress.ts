/** Says what is being done and for how long, so that no long step looks like a hang. */

const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(0)} s`;

/**
 * Runs `work` under a title: the title when it starts, a sign of life every 15 s, the time when it ends.
 * What `work` throws passes through, after the title is marked as failed.
 */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  console.log(`  ... ${title}`);
  const alive = setInterval(() => console.log(`  ... ${title} (${seconds(start)} so far)`), 15_000);
  try {
    const result = await work();
    console.log(`  ok  ${title} (${seconds(start)})`);
    return result;
  } catch (error) {
    console.log(`  FAILED ${title} (after ${seconds(start)})`);
    throw error;
  } finally {
    clearInterval(alive);
  }
}
