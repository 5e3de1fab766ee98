/**
 * income-tax-calculator: {monthlyIncome} -> IncomeTax.
 *
 * Personal income tax by the bands of the Nigeria Tax Act 2025 (in force from 1 January 2026), on the income of a year:
 * the first 800 000 at 0 %, the next 2 200 000 at 15 %, 9 000 000 at 18 %, 13 000 000 at 21 %, 25 000 000 at 23 %, the
 * rest at 25 %. No relief is deducted, because the request contains none.
 */
import { number, type Body } from "../../core/fields";
import { kobo, largestAmount } from "./money";

export interface IncomeTax {
  currency: "NGN";
  monthlyIncome: number;
  annualIncome: number;
  annualTax: number;
  monthlyTax: number;
  monthlyNetIncome: number;
  /** Tax divided by income, from 0 to 1. */
  effectiveRate: number;
  /** Bands that the income reaches. */
  bands: { from: number; rate: number; taxable: number; tax: number }[];
}

const bands = [
  { from: 0, rate: 0 },
  { from: 800_000, rate: 0.15 },
  { from: 3_000_000, rate: 0.18 },
  { from: 12_000_000, rate: 0.21 },
  { from: 25_000_000, rate: 0.23 },
  { from: 50_000_000, rate: 0.25 },
];

export function incomeTaxCalculator(body: Body): IncomeTax {
  const monthlyIncome = number(body, "monthlyIncome", 0, largestAmount);
  const annualIncome = kobo(monthlyIncome * 12);
  const reached = bands.flatMap(({ from, rate }, index) => {
    const taxable = Math.min(annualIncome, bands[index + 1]?.from ?? Infinity) - from;
    return taxable > 0 ? [{ from, rate, taxable: kobo(taxable), tax: kobo(taxable * rate) }] : [];
  });
  const annualTax = kobo(reached.reduce((sum, { tax }) => sum + tax, 0));
  const monthlyTax = kobo(annualTax / 12);
  return {
    currency: "NGN",
    monthlyIncome,
    annualIncome,
    annualTax,
    monthlyTax,
    monthlyNetIncome: kobo(monthlyIncome - monthlyTax),
    effectiveRate: annualIncome === 0 ? 0 : Number((annualTax / annualIncome).toFixed(4)),
    bands: reached,
  };
}
