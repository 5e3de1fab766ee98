/** Removal of an object of the API server. */
import { setTimeout as sleep } from "node:timers/promises";
import { ask, unlessMissing } from "./cluster-api";

/** Deletes the object at a path, if there is one, and resolves once it is gone. */
export async function remove(path: string): Promise<void> {
  await ask(path, { method: "DELETE" }).catch(unlessMissing);
  while (await ask(path).catch(unlessMissing)) await sleep(1000);
}
