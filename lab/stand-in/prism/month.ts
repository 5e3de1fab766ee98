/** Calendar months as `YYYY-MM`, in UTC. */

/** Returns the month before that of `now`. */
export function lastMonth(now: Date = new Date()): string {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7);
}
