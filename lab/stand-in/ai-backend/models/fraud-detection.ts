/**
 * fraud_detection: {amount, country, homeCountry, hour, accountAgeDays} -> {fraudulent, score, reasons}.
 *
 * Each sign that a transaction shows adds its weight to the score; from the threshold on it counts as fraud.
 */
import { number, text } from "../../core/fields";
import { defineModel } from "./model";

interface Content {
  /** An amount above it is a sign, and so is an account younger than that many days. */
  amount: number;
  accountAgeDays: number;
  weights: { amount: number; country: number; night: number; account: number };
  threshold: number;
}

interface Transaction {
  amount: number;
  country: string;
  homeCountry: string;
  /** Of the day, from 0 to 23. */
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
    // A traveller who buys something dear, and a thief who takes little each time.
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
