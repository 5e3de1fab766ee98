/** Answers of the AI backend's models, and their accuracy on labelled examples. */
import { models } from "../../../../lab/stand-in/ai-backend/models";
import type { ModelName } from "../../../../lab/stand-in/ai-backend/models/model";

const model = (name: ModelName) => models.find((each) => each.name === name)!;

function ask(name: ModelName, body: Record<string, unknown>) {
  const asked = model(name);
  return asked.infer(asked.content, asked.read(body));
}

test("the accuracies, measured", () => {
  expect(models.map((each) => [each.name, each.accuracy(each.content)])).toEqual([
    ["fraud_detection", 0.8],
    ["predictive_analytics", 0.8],
    ["compliance_checking", 0.9],
    ["nlp_invoice", 0.7778],
  ]);
});

test("the accuracy is that of the content", () => {
  const fraud = model("fraud_detection");
  expect(fraud.accuracy({ ...(fraud.content as object), threshold: 2 })).toBe(0.5);
});

const transaction = { amount: 120, country: "NG", homeCountry: "NG", hour: 12, accountAgeDays: 900 };

test.each([
  [{}, { fraudulent: false, score: 0, reasons: [] }],
  [{ amount: 10_001 }, { fraudulent: false, score: 0.4, reasons: ["amount"] }],
  [
    { amount: 10_001, hour: 4 },
    { fraudulent: true, score: 0.6, reasons: ["amount", "night"] },
  ],
  [
    { amount: 25_000, country: "RU", hour: 0, accountAgeDays: 29 },
    { fraudulent: true, score: 1, reasons: ["amount", "country", "night", "account"] },
  ],
])("fraud detection of a transaction with %j", (different, expected) => {
  expect(ask("fraud_detection", { ...transaction, ...different })).toEqual(expected);
});

test.each([
  [
    { values: [100, 110, 120, 130], periods: 3 },
    { forecast: [140, 150, 160], direction: "rising" },
  ],
  [{ values: [200, 180] }, { forecast: [160], direction: "falling" }],
  [{ values: [80, 80.4, 79.8, 80.1] }, { forecast: [80.12], direction: "flat" }],
])("predictive analytics of %j", (body, expected) => {
  expect(ask("predictive_analytics", body)).toEqual(expected);
});

const invoice = { amount: 100, vatRate: 0.075, paymentMethod: "card", sellerTaxId: "1", buyerName: "Ada" };

test.each([
  [{}, []],
  [{ amount: 5_000_000, paymentMethod: "cash" }, []],
  [
    { amount: 5_000_001, vatRate: 0.2, paymentMethod: "cash", sellerTaxId: null, buyerName: undefined },
    ["sellerTaxId is missing", "buyerName is missing", "0.2 is no VAT rate", "cash is allowed up to 5000000"],
  ],
])("compliance checking of an invoice with %j", (different, violations) => {
  const compliant = violations.length === 0;
  expect(ask("compliance_checking", { ...invoice, ...different })).toEqual({ compliant, violations });
});

test.each([
  ["Invoice No. 2041\nConsulting\nTotal: ₦150,000.00", "2041", 150_000, "NGN"],
  ["INVOICE #A-77 Subtotal $90.00 Total due $96.75", "A-77", 96.75, "USD"],
  ["Invoice 5, total 40 eur, grand total 43 eur", "5", 43, "EUR"],
  ["Good morning", null, null, null],
])("the invoice %j", (text, invoiceNumber, total, currency) => {
  expect(ask("nlp_invoice", { text })).toEqual({ invoiceNumber, total, currency });
});

test("a long text without an invoice in it takes no time", () => {
  const start = process.cpuUsage();
  for (const text of ["invoice ".repeat(1_249), `total 1${",".repeat(9_900)}`, "invoice" + " ".repeat(9_900)]) {
    ask("nlp_invoice", { text });
  }
  expect(process.cpuUsage(start).user).toBeLessThan(500_000);
});

test.each<[ModelName, Record<string, unknown>, string]>([
  ["fraud_detection", { ...transaction, hour: 24 }, "hour must be a number from 0 to 23."],
  ["fraud_detection", { ...transaction, country: "" }, "country must be a text that is not empty."],
  ["predictive_analytics", { values: [1] }, "values must be a list of 2 to 1000 numbers."],
  ["predictive_analytics", { values: [1, "2"] }, "values must be a list of 2 to 1000 numbers."],
  ["predictive_analytics", { values: [1, 2], periods: 1.5 }, "periods must be a whole number from 1 to 24."],
  ["compliance_checking", { amount: 1, vatRate: 7.5 }, "vatRate must be a number from 0 to 1."],
  [
    "compliance_checking",
    { ...invoice, paymentMethod: "cheque" },
    "paymentMethod must be one of cash, transfer, card.",
  ],
  ["nlp_invoice", {}, "text must be a text that is not empty."],
])("%s refuses %j", (name, body, message) => {
  expect(() => ask(name, body)).toThrow(message);
});
