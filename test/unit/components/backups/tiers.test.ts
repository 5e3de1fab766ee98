/** "Backup Retention: Pre-migration: Keep forever; Daily: 30 days; Weekly: 90 days; Monthly: 1 year." */
import { due, tierOf, type KeepDays, type KeptDump } from "../../../../components/backups/tiers";

const keepDays: KeepDays = { daily: 30, weekly: 90, monthly: 365, "before-migration": null };
const at = (time: string) => new Date(`${time}Z`);
const day = 86_400_000;

/**
 * Simulates `days` days with a dump each night, and one before a migration every ten days. Returns the dumps that are
 * kept on each day.
 */
function keptOverTime(start: Date, days: number): { readonly now: Date; readonly kept: KeptDump[] }[] {
  let kept: KeptDump[] = [];
  return Array.from({ length: days }, (_, index) => {
    const now = new Date(start.getTime() + index * day);
    const over = due(kept, keepDays, now);
    kept = kept.filter((dump) => !over.includes(dump));
    kept.push({ tier: tierOf(now, kept), taken: now });
    if (index % 10 === 0) kept.push({ tier: "before-migration", taken: new Date(now.getTime() + 3_600_000) });
    return { now, kept: [...kept] };
  });
}

describe("a clock that runs through 400 days", () => {
  const history = keptOverTime(at("2026-01-01T01:00"), 400);
  const count = ({ kept }: { readonly kept: readonly KeptDump[] }, tier: string) =>
    kept.filter((dump) => dump.tier === tier).length;
  const age = (now: Date, { taken }: KeptDump) => (now.getTime() - taken.getTime()) / day;

  test("what is due is deleted on the day on which it is", () => {
    for (const { now, kept } of history)
      for (const dump of kept.filter(({ tier }) => tier !== "before-migration"))
        expect(age(now, dump)).toBeLessThan(keepDays[dump.tier]!);
  });

  test("what is not due never is", () => {
    for (const [index, { now, kept }] of history.entries())
      for (const dump of history[index - 1]?.kept ?? [])
        if (!kept.includes(dump)) expect(age(now, dump)).toBeGreaterThanOrEqual(keepDays[dump.tier]!);
  });

  test("at the end there are so many of each", () => {
    const last = history.at(-1)!;
    expect(last.now).toEqual(at("2027-02-04T01:00"));
    const [monthly, weekly, daily] = ["monthly", "weekly", "daily"].map((tier) => count(last, tier));
    // Since 1 March, because 1 February 2026 is 368 days ago.
    expect(monthly).toBe(12);
    // Mondays since 9 November, without 1 February 2027, which has the monthly dump.
    expect(weekly).toBe(12);
    // Days since 6 January, without four Mondays.
    expect(daily).toBe(26);
    expect(count(last, "before-migration")).toBe(40);
  });

  test("each month has one monthly dump, each week one weekly or monthly", () => {
    const all = new Set(history.flatMap(({ kept }) => kept));
    const monthly = [...all]
      .filter(({ tier }) => tier === "monthly")
      .map(({ taken }) => taken.toISOString().slice(0, 10));
    expect(monthly).toHaveLength(14);
    expect(monthly.every((date) => date.endsWith("-01"))).toBe(true);
    const weekly = [...all].filter(({ tier }) => tier === "weekly").map(({ taken }) => taken.getUTCDay());
    expect(new Set(weekly)).toEqual(new Set([1]));
  });
});

describe("a scheduled dump is kept as", () => {
  const dumps: KeptDump[] = [{ tier: "monthly", taken: at("2026-06-01T01:00") }];

  test.each([
    ["the monthly one, when the month has none", "2026-07-01T01:00", dumps, "monthly"],
    ["the monthly one, though that of the first failed", "2026-07-03T01:00", dumps, "monthly"],
    ["a daily one in the week of the monthly one", "2026-06-02T01:00", dumps, "daily"],
    ["the weekly one, when the week has none", "2026-06-08T01:00", dumps, "weekly"],
    ["the weekly one, though that of Monday failed", "2026-06-10T01:00", dumps, "weekly"],
    ["the monthly one, when there is nothing yet", "2026-06-17T01:00", [], "monthly"],
  ] as const)("%s", (_, time, existing, tier) => expect(tierOf(at(time), existing)).toBe(tier));

  test("one before a migration counts for no week and no month", () => {
    const before: KeptDump[] = [{ tier: "before-migration", taken: at("2026-06-01T00:30") }];
    expect(tierOf(at("2026-06-01T01:00"), before)).toBe("monthly");
  });
});

test("the newest dump is kept, however old it is", () => {
  const dumps: KeptDump[] = [
    { tier: "daily", taken: at("2026-01-01T01:00") },
    { tier: "daily", taken: at("2026-01-02T01:00") },
  ];
  expect(due(dumps, keepDays, at("2026-12-01T01:00"))).toEqual([dumps[0]]);
});

test("a time is kept to the second", () => {
  const dumps: KeptDump[] = [
    { tier: "daily", taken: at("2026-01-01T01:00") },
    { tier: "daily", taken: at("2026-01-20T01:00") },
  ];
  expect(due(dumps, keepDays, at("2026-01-31T00:59:59"))).toEqual([]);
  expect(due(dumps, keepDays, at("2026-01-31T01:00"))).toEqual([dumps[0]]);
});

test("before a migration is kept as long as the stack says, where it says so", () => {
  const dumps: KeptDump[] = [
    { tier: "before-migration", taken: at("2025-01-01T01:00") },
    { tier: "daily", taken: at("2026-01-20T01:00") },
  ];
  expect(due(dumps, keepDays, at("2026-01-21T01:00"))).toEqual([]);
  expect(due(dumps, { ...keepDays, "before-migration": 365 }, at("2026-01-21T01:00"))).toEqual([dumps[0]]);
});

test("one that does not count takes nobody's place", () => {
  const fake = { tier: "monthly", taken: at("2026-06-01T00:30"), counts: false } as const;
  expect(tierOf(at("2026-06-01T01:00"), [fake])).toBe("monthly");
  const last = { tier: "daily", taken: at("2026-01-01T01:00") } as const;
  expect(
    due([last, fake], { daily: 7, weekly: null, monthly: null, "before-migration": null }, at("2026-07-01T01:00")),
  ).toEqual([]);
  // Not even the only one is taken for the newest.
  expect(due([fake], { daily: 7, weekly: 7, monthly: 7, "before-migration": 7 }, at("2026-12-01T01:00"))).toEqual([]);
});
