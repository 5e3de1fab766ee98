/** Stand-in for the language model: counts friendly and angry words. */

/** Model name of the scores. The real application uses OPENAI_MODEL_SENTIMENT. */
export const model = "stand-in";

export interface Sentiment {
  /** Sentiment from 0 (angry) to 1 (happy). */
  score: number;
  label: "negative" | "neutral" | "positive";
  /** Confidence from 0 to 1. */
  confidence: number;
}

const kind = new Set(
  "amazing brilliant excellent fantastic glad good great happy helpful love perfect pleased thank thanks wonderful".split(
    " ",
  ),
);
const angry = new Set(
  "angry annoyed awful bad broken cancel complaint disappointed frustrated furious hate refund terrible unacceptable useless worst".split(
    " ",
  ),
);

export function scoreSentiment(text: string): Sentiment {
  const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
  const kindWords = words.filter((word) => kind.has(word)).length;
  const angryWords = words.filter((word) => angry.has(word)).length;
  const score = Math.min(1, Math.max(0, 0.5 + 0.25 * (kindWords - angryWords)));
  const confidence = Math.min(0.95, 0.5 + 0.2 * (kindWords + angryWords));
  return { score, label: labelOf(score), confidence: Number(confidence.toFixed(3)) };
}

const labelOf = (score: number) => (score < 0.4 ? "negative" : score > 0.6 ? "positive" : "neutral");
