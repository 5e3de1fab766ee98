import { stop } from "../cluster";

/** Stops the lab and removes everything of it except the cache. */
export async function down(): Promise<void> {
  await stop();
}
