/** Amounts in naira. */

/** Largest amount that is accepted. Up to it a number is exact to the kobo. */
export const largestAmount = 1e13;

/** Rounds to kobo, half away from zero. */
export function kobo(amount: number): number {
  return (Math.sign(amount) * Math.round(Number((Math.abs(amount) * 100).toFixed(4)))) / 100;
}
