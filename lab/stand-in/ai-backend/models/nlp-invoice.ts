/** nlp_invoice: {text} -> {invoiceNumber, total, currency}, each null when it is not found in the invoice's text. */
import { text } from "../../core/fields";
import { defineModel } from "./model";

interface Content {
  /** Words before the number and before the total. The first one that is found counts. */
  numberWords: string[];
  totalWords: string[];
  /** Currency codes by the signs and codes that a text may contain. */
  currencies: Record<string, string>;
}

export const nlpInvoice = defineModel({
  name: "nlp_invoice",
  version: "1.0.0",
  content: {
    numberWords: ["invoice number", "invoice no", "invoice"],
    totalWords: ["grand total", "total due", "amount due", "total"],
    currencies: { "₦": "NGN", NGN: "NGN", $: "USD", USD: "USD", "€": "EUR", EUR: "EUR" },
  },
  read: (body) => ({ text: text(body, "text") }),
  infer: (content: Content, { text }) => {
    // Single spaces, so that the patterns need not backtrack over long runs of spaces.
    const line = text.replace(/\s+/g, " ");
    const currency = `(${Object.keys(content.currencies).map(literally).join("|")})?`;
    const number = first(line, content.numberWords, "[.:]? ?#? ?([a-z0-9/-]*[0-9])");
    const total = first(line, content.totalWords, `:? ?${currency} ?([0-9][0-9,]*(?:\\.[0-9]+)?) ?${currency}`);
    const sign = (total?.[1] ?? total?.[3])?.toUpperCase();
    return {
      invoiceNumber: number?.[1] ?? null,
      total: total ? Number(total[2]!.replaceAll(",", "")) : null,
      currency: sign === undefined ? null : (content.currencies[sign] ?? null),
    };
  },
  label: ({ invoiceNumber, total, currency }) => `${invoiceNumber} ${total} ${currency}`,
  examples: [
    [of("Invoice No. 2041\nConsulting\nTotal: ₦150,000.00"), "2041 150000 NGN"],
    [of("INVOICE #A-77 Subtotal $90.00 VAT $6.75 Total due $96.75"), "A-77 96.75 USD"],
    [of("Invoice number: 2026/014. Amount due: 1,200 EUR"), "2026/014 1200 EUR"],
    [of("Invoice 5\nTotal 40 usd\nGrand total 43 usd"), "5 43 USD"],
    [of("Total: NGN 7,500"), "null 7500 NGN"],
    [of("Invoice INV-9: total €18"), "INV-9 18 EUR"],
    [of("Invoice no 12 for 3 days, total 300"), "12 300 null"],
    // Wordings that the model does not know.
    [of("Rechnung 81, Summe €20"), "81 20 EUR"],
    [of("Invoice 82: total (with VAT) €20"), "82 20 EUR"],
  ],
});

function first(line: string, words: readonly string[], rest: string): RegExpExecArray | undefined {
  const matches = words.map((word) => new RegExp(`\\b${literally(word)}${rest}`, "i").exec(line));
  return matches.find((match) => match !== null) ?? undefined;
}

const literally = (word: string) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function of(text: string) {
  return { text };
}
