/** "Backup Retention": which dump is kept for how long. */

/** What a dump is kept as, the longest last. */
export const tiers = ["daily", "weekly", "monthly", "before-migration"] as const;
export type Tier = (typeof tiers)[number];

/** How many days a dump of each tier is kept; null: for ever. */
export type KeepDays = Readonly<Record<Tier, number | null>>;

/** A dump that counts, as far as its retention goes. */
export interface KeptDump {
  readonly tier: Tier;
  /** When it was taken. */
  readonly taken: Date;
}

/**
 * What the scheduled dump of that moment is kept as: the month's first is the monthly one, else the week's first the weekly
 * one. So a dump that failed or was missed is made up for by the next.
 */
export function tierOf(taken: Date, dumps: readonly KeptDump[]): Tier {
  const isThere = (kept: readonly Tier[], start: Date) =>
    dumps.some((dump) => kept.includes(dump.tier) && dump.taken >= start && dump.taken <= taken);
  if (!isThere(["monthly"], startOfMonth(taken))) return "monthly";
  return isThere(["monthly", "weekly"], startOfWeek(taken)) ? "daily" : "weekly";
}

/** Those whose time is over. The newest of all is never among them: as long as there were dumps, there is one. */
export function due<Dump extends KeptDump>(dumps: readonly Dump[], keepDays: KeepDays, now: Date): Dump[] {
  const newest = Math.max(...dumps.map(({ taken }) => taken.getTime()));
  return dumps.filter(({ tier, taken }) => {
    const days = keepDays[tier];
    return days !== null && taken.getTime() < newest && now.getTime() >= taken.getTime() + days * day;
  });
}

const day = 86_400_000;

const startOfMonth = (time: Date) => new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth()));

/** Monday, 00:00 UTC. */
function startOfWeek(time: Date): Date {
  const sinceMonday = (time.getUTCDay() + 6) % 7;
  return new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate() - sinceMonday));
}
