/**
 * vat-calculator: {amount, inclusive?} -> Vat. The rate is 7.5 % (Finance Act 2019, kept by the Nigeria Tax Act 2025).
 * With `inclusive` the amount contains the tax. Default: false.
 */
import { boolean, number, optional, type Body } from "../../core/fields";
import { kobo, largestAmount } from "./money";

export interface Vat {
  currency: "NGN";
  rate: number;
  netAmount: number;
  vatAmount: number;
  grossAmount: number;
}

const rate = 0.075;

export function vatCalculator(body: Body): Vat {
  const amount = number(body, "amount", 0, largestAmount);
  const inclusive = optional(body, "inclusive", boolean) ?? false;
  const netAmount = kobo(inclusive ? amount / (1 + rate) : amount);
  const grossAmount = inclusive ? kobo(amount) : kobo(netAmount * (1 + rate));
  return { currency: "NGN", rate, netAmount, vatAmount: kobo(grossAmount - netAmount), grossAmount };
}
