/** Comparison of values of Kubernetes that may be written in several ways. */

const units: Readonly<Record<string, number>> = { m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
const binary: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** True if both are the same quantity, such as 2Gi and 2048Mi; or if one is absent and the other one is the default. */
export function isSameQuantity(one: unknown, other: unknown): boolean {
  if (isUnset(one) && isUnset(other)) return true;
  const [first, second] = [one, other].map(amountOf);
  return first !== undefined && first === second;
}

const isUnset = (value: unknown) => value === undefined || value === null || value === false || value === "";

function amountOf(value: unknown): number | undefined {
  const [, count, unit = ""] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(String(value)) ?? [];
  const factor = { ...units, ...binary }[unit];
  return count === undefined || factor === undefined ? undefined : Number(count) * factor;
}
