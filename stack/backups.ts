/** Keeps backups in the last `up`'s location, unless the configuration confirms a move. */
import type { Backups } from "../components/system";
import { locationOf } from "../components/system/backups";
import { locationIn, type Outputs } from "./outputs";
import { refusal } from "./refusal";

/**
 * Returns the configured backups, with their new location if they move.
 * @throws RunError with both locations, if they would move without `movedFrom` naming the old one
 */
export function placedBackups(backups: Backups | undefined, outputs: Outputs): Backups | undefined {
  if (!backups) return undefined;
  const { movedFrom } = backups;
  const before = locationIn(outputs);
  const location = locationOf(backups.store);
  const moves = before !== undefined && before !== location;
  if (moves && movedFrom !== before)
    throw refusal("the backups would move", [
      `the last up left them in ${before}, but runsheet:backups leads to ${location}, where restores would not find them: correct its endpoint, bucket or prefix, which by default is the stack's name. To move them: pulumi config set --path runsheet:backups.movedFrom ${before}`,
    ]);
  // Also if the outputs name the new location: a failed `up` may have left them without moving every system.
  return { ...backups, movesTo: movedFrom === undefined ? undefined : location };
}

/** Returns the output with the backups' location. It is kept when a stack no longer has backups. */
export function locationOutput(backups: Backups | undefined, outputs: Outputs): Outputs {
  const location = backups ? locationOf(backups.store) : locationIn(outputs);
  return location === undefined ? {} : { backups: { location } };
}
