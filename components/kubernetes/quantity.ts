/** Quantities of Kubernetes. */

/** Converts a size such as 10Gi to Mi. The configuration accepts Mi, Gi and Ti. */
export function mebibytes(size: string): number {
  const [, count, unit] = /^(\d+)(Mi|Gi|Ti)$/.exec(size) ?? [];
  return Number(count) * { Mi: 1, Gi: 1024, Ti: 1024 ** 2 }[unit as "Mi" | "Gi" | "Ti"];
}

const units: Readonly<Record<string, number>> = { m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 };
const binary: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50 };

/** Returns the number of a quantity, such as 2Gi or 500m, as Kubernetes writes it. Undefined for everything else. */
export function amountOf(quantity: unknown): number | undefined {
  const [, count, unit = ""] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(String(quantity)) ?? [];
  const factor = { ...units, ...binary }[unit];
  return count === undefined || factor === undefined ? undefined : Number(count) * factor;
}

/** Tells whether a quantity is more than another one. False if one of them is none. */
export function isMore(one: unknown, other: unknown): boolean {
  const [first, second] = [one, other].map(amountOf);
  return first !== undefined && second !== undefined && first > second;
}

/** Returns a quantity in a unit that the configuration accepts, rounded up. One that is none stays as it is. */
export function inAcceptedUnit(quantity: string): string {
  const amount = amountOf(quantity);
  return amount === undefined || /(Mi|Gi|Ti)$/.test(quantity) ? quantity : `${Math.ceil(amount / binary.Mi!)}Mi`;
}
