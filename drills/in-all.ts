/** Runs the work for all systems at once, and resolves to its results by system. */
export async function inAll<Found>(
  systems: readonly string[],
  work: (system: string) => Promise<Found>,
): Promise<Record<string, Found>> {
  return Object.fromEntries(await Promise.all(systems.map(async (system) => [system, await work(system)] as const)));
}
