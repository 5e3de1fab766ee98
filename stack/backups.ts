/** Keeps backups in the place of the last `up`, unless the configuration names that place as the one that they leave. */
import type { Backups } from "../components/system";
import { locationOf } from "../components/system/backups";
import { locationIn, type Outputs } from "./outputs";
import { refusal } from "./refusal";

/**
 * The backups as configured, and what the move to another place needs.
 * @throws RunError with both places, if they would move and the one that they leave is not named
 */
export function placedBackups(backups: Backups | undefined, outputs: Outputs): Backups | undefined {
  if (!backups) return undefined;
  const { movedFrom } = backups;
  const before = locationIn(outputs);
  const location = locationOf(backups.store);
  const moves = before !== undefined && before !== location;
  if (moves && movedFrom !== before)
    throw refusal("the backups would go elsewhere", [
      `the last up left them in ${before}, and runsheet:backups leads to ${location}, where restores would find nothing of before: mend its endpoint, bucket or prefix, which by default is the stack's name. If they are to move: pulumi config set --path runsheet:backups.movedFrom ${before}`,
    ]);
  // Also when the outputs name the new place already: an `up` that failed has left them, and perhaps not moved every system.
  return { ...backups, movesTo: movedFrom === undefined ? undefined : location };
}

/** Output with the place of the backups; kept when a stack has no backups any more. */
export function locationOutput(backups: Backups | undefined, outputs: Outputs): Outputs {
  const location = backups ? locationOf(backups.store) : locationIn(outputs);
  return location === undefined ? {} : { backups: { location } };
}
