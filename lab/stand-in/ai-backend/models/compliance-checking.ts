/**
 * compliance_checking: {amount, vatRate, paymentMethod, sellerTaxId?, buyerName?} -> {compliant, violations}.
 *
 * paymentMethod is cash, transfer or card. The model contains the required fields, the valid VAT rates and the limit
 * for cash.
 */
import { number, oneOf, optional, text } from "../../core/fields";
import { defineModel } from "./model";

interface Content {
  required: ("sellerTaxId" | "buyerName")[];
  vatRates: number[];
  largestCashAmount: number;
}

interface Invoice {
  amount: number;
  vatRate: number;
  paymentMethod: "cash" | "transfer" | "card";
  sellerTaxId?: string;
  buyerName?: string;
}

export const complianceChecking = defineModel({
  name: "compliance_checking",
  version: "1.0.0",
  content: { required: ["sellerTaxId", "buyerName"], vatRates: [0, 0.075], largestCashAmount: 5_000_000 },
  read: (body): Invoice => ({
    amount: number(body, "amount", 0, 1e13),
    vatRate: number(body, "vatRate", 0, 1),
    paymentMethod: oneOf(body, "paymentMethod", ["cash", "transfer", "card"]),
    sellerTaxId: optional(body, "sellerTaxId", text),
    buyerName: optional(body, "buyerName", text),
  }),
  infer: (content: Content, invoice) => {
    const violations = [
      ...content.required.filter((field) => !invoice[field]).map((field) => `${field} is missing`),
      ...(content.vatRates.includes(invoice.vatRate) ? [] : [`${invoice.vatRate} is no VAT rate`]),
      ...(invoice.paymentMethod === "cash" && invoice.amount > content.largestCashAmount
        ? [`cash is allowed up to ${content.largestCashAmount}`]
        : []),
    ];
    return { compliant: violations.length === 0, violations };
  },
  label: ({ compliant }) => compliant,
  examples: [
    [of({}), true],
    [of({ vatRate: 0 }), true],
    [of({ sellerTaxId: undefined }), false],
    [of({ buyerName: undefined }), false],
    [of({ vatRate: 0.2 }), false],
    [of({ amount: 5_000_001, paymentMethod: "cash" }), false],
    [of({ amount: 4_000_000, paymentMethod: "cash" }), true],
    [of({ amount: 90_000_000 }), true],
    // A tax id that belongs to nobody, which the model cannot know.
    [of({ sellerTaxId: "000" }), false],
    [of({ amount: 5_000_000, paymentMethod: "cash" }), true],
  ],
});

function of(different: Partial<Invoice>): Invoice {
  const usual = { amount: 20_000, vatRate: 0.075, paymentMethod: "transfer" as const };
  return { ...usual, sellerTaxId: "20311234-0001", buyerName: "Ada Ventures", ...different };
}
