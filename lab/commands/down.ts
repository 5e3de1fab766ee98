import { stop } from "../cluster";

/** Ends the lab and removes all of it but the cache. */
export async function down(): Promise<void> {
  await stop();
}
