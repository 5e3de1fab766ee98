/** Series of a test of alerts: their values while all is well, and while something is wrong. */

/** Parts of a test. `before` is what a comparison with the day before looks back at. */
export type Phase = "before" | "healthy" | "faulty";

/** Returns the samples of a phase in promtool's notation, and carries on from the phases before it. */
export interface Level {
  run(phase: Phase, steps: number): string;
}

/** Makes a level anew, for each of the tests that it is used in. */
export type NewLevel = (stepMinutes: number) => Level;

/** Series by their selector without the namespace: pm_errors_total{pod="a"}. */
export type Series = Readonly<Record<string, NewLevel>>;

/** Gauge with these values. `gone`: there is no series. */
export const gauge = (healthy: number | "gone", faulty: number | "gone", before = healthy): NewLevel => {
  const values = { healthy, faulty, before };
  return () => ({
    run: (phase, steps) => {
      const value = values[phase];
      return value === "gone" ? `stale${" _".repeat(steps - 1)}` : `${value}+0x${steps - 1}`;
    },
  });
};

/**
 * Series that begins after so many steps with a value, and ends after so many more. Default: it does not end.
 * @param rise change of the value in a step. Default: 0
 */
export const appears =
  (after: number, value: number, lasts = Infinity, rise = 0): NewLevel =>
  () => ({
    run: (_, steps) => {
      const ends = Math.min(steps, after + lasts);
      const gone = steps > ends ? ` stale${" _".repeat(steps - ends - 1)}` : "";
      return `${"_ ".repeat(after)}${value}${rise < 0 ? "" : "+"}${rise}x${ends - after - 1}${gone}`;
    },
  });

/** Series that is the same all the time. */
export const steady = (value: number): NewLevel => gauge(value, value);

/** Counter that increases by so much in a step. */
export const counter = (healthy: number, faulty: number, before = healthy): NewLevel => {
  const rates = { healthy, faulty, before };
  return () => {
    let total = 0;
    return {
      run: (phase, steps) => {
        const start = total + rates[phase];
        total += rates[phase] * steps;
        return `${start}+${rates[phase]}x${steps - 1}`;
      },
    };
  };
};

/** Unix time of something that was so many seconds ago. Negative: that is to come. */
export const secondsAgo = (healthy: number, faulty: number): NewLevel => {
  const ages = { healthy, faulty, before: healthy };
  return (stepMinutes) => {
    let now = 0;
    return {
      run: (phase, steps) => {
        const start = now - ages[phase];
        now += steps * stepMinutes * 60;
        return `${start}+${stepMinutes * 60}x${steps - 1}`;
      },
    };
  };
};

/** Gauge that falls by so much in a step, from a value at the beginning of each phase. */
export const falling = (from: number, healthy: number, faulty: number): NewLevel => {
  const rates = { healthy, faulty, before: healthy };
  return () => ({ run: (phase, steps) => `${from}-${rates[phase]}x${steps - 1}` });
};
