/** "Backup Retention": tiers of dumps and how long each is kept. */

/** Tiers of dumps. A shorter retention comes first by default. */
export const tiers = ["daily", "weekly", "monthly", "before-migration"] as const;
export type Tier = (typeof tiers)[number];

/** Retention of each tier, in days. Null: for ever. */
export type KeepDays = Readonly<Record<Tier, number | null>>;

/** Verified dump, as its retention sees it. */
export interface KeptDump {
  readonly tier: Tier;
  /** Time of the dump. */
  readonly taken: Date;
  /**
   * False for one that is not whole, or that the stack did not sign though it signs: on its account no other one goes, and
   * none is left out of a tier. Default: true.
   */
  readonly counts?: boolean;
}

/**
 * Finds the tier of a scheduled dump: monthly for the first of a month, else weekly for the first of a week, else
 * daily. A failed or missed dump is thereby made up for by the next one.
 */
export function tierOf(taken: Date, dumps: readonly KeptDump[]): Tier {
  const isThere = (kept: readonly Tier[], start: Date) =>
    dumps.some(
      (dump) => dump.counts !== false && kept.includes(dump.tier) && dump.taken >= start && dump.taken <= taken,
    );
  if (!isThere(["monthly"], startOfMonth(taken))) return "monthly";
  return isThere(["monthly", "weekly"], startOfWeek(taken)) ? "daily" : "weekly";
}

/** Lists the dumps whose retention has expired. The newest dump that counts is always kept. */
export function due<Dump extends KeptDump>(dumps: readonly Dump[], keepDays: KeepDays, now: Date): Dump[] {
  const newest = Math.max(...dumps.filter(({ counts }) => counts !== false).map(({ taken }) => taken.getTime()));
  return dumps.filter(({ tier, taken }) => {
    const days = keepDays[tier];
    return days !== null && taken.getTime() < newest && now.getTime() >= taken.getTime() + days * day;
  });
}

const day = 86_400_000;

const startOfMonth = (time: Date) => new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth()));

/** Returns Monday, 00:00 UTC, of that week. */
function startOfWeek(time: Date): Date {
  const sinceMonday = (time.getUTCDay() + 6) % 7;
  return new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate() - sinceMonday));
}
