/**
 * fraud_detection: {amount, country, homeCountry, hour, accountAgeDays} -> {fraudulent, score, reasons}.
 *
 * Each sign of fraud adds its weight to the score. A transaction is fraudulent if the score reaches the threshold.
 */
import { number, text } from "../../core/fields";
import { defineModel } from "./model";

interface Content {
  /** Limits of two signs: an amount above `amount`, and an account younger than `accountAgeDays`. */
  amount: number;
  accountAgeDays: number;
  weights: { amount: number; country: number; night: number; account: number };
  threshold: number;
}

interface Transaction {
  amount: number;
  country: string;
  homeCountry: string;
  /** Hour of the day, from 0 to 23. */
  hour: number;
  accountAgeDays: number;
}

export const fraudDetection = defineModel({
  name: "fraud_detection",
  version: "1.0.0",
  content: {
    amount: 10_000,
    accountAgeDays: 30,
    weights: { amount: 0.4, country: 0.3, night: 0.2, account: 0.2 },
    threshold: 0.6,
  },
  read: (body): Transaction => ({
    amount: number(body, "amount", 0, 1e13),
    country: text(body, "country"),
    homeCountry: text(body, "homeCountry"),
    hour: number(body, "hour", 0, 23),
    accountAgeDays: number(body, "accountAgeDays", 0, 100_000),
  }),
  infer: (content: Content, transaction) => {
    const reasons = signs(content, transaction);
    const sum = reasons.reduce((total, reason) => total + content.weights[reason], 0);
    const score = Number(Math.min(1, sum).toFixed(2));
    return { fraudulent: score >= content.threshold, score, reasons };
  },
  label: ({ fraudulent }) => fraudulent,
  examples: [
    [of(120, "NG", 12, 900), false],
    [of(25_000, "NG", 14, 900), false],
    [of(25_000, "RU", 14, 900), true],
    [of(80, "GB", 13, 400), false],
    [of(40_000, "NG", 3, 5), true],
    [of(15_000, "CN", 2, 1), true],
    [of(9_500, "NG", 23, 700), false],
    [of(60, "US", 2, 2), true],
    // Cases that the model gets wrong: an expensive purchase of a traveller, and a small amount of a thief.
    [of(12_000, "FR", 15, 2_000), false],
    [of(99, "RU", 11, 300), true],
  ],
});

function signs(content: Content, transaction: Transaction) {
  const { amount, country, homeCountry, hour, accountAgeDays } = transaction;
  const shown = {
    amount: amount > content.amount,
    country: country !== homeCountry,
    night: hour < 5,
    account: accountAgeDays < content.accountAgeDays,
  };
  return (Object.keys(shown) as (keyof typeof shown)[]).filter((sign) => shown[sign]);
}

function of(amount: number, country: string, hour: number, accountAgeDays: number): Transaction {
  return { amount, country, homeCountry: "NG", hour, accountAgeDays };
}
