/** A kind of model: what its file holds, what it is asked, and how well it does. */
import type { Body } from "../../core/fields";

export const modelNames = ["fraud_detection", "predictive_analytics", "compliance_checking", "nlp_invoice"] as const;

export type ModelName = (typeof modelNames)[number];

/** The environment variable that switches a model. */
export const switchOf = (model: ModelName) => `${model.toUpperCase()}_ENABLED`;

/** A model without the types of its content and input, which are its own affair. */
export interface Model {
  readonly name: ModelName;
  /** What the script write-models writes. */
  readonly version: string;
  readonly content: unknown;
  /** Reads a request. Throws HttpError 400 naming the field that is wrong. */
  read(body: Body): unknown;
  /** The answer of a model with this content. The same question always has the same answer. */
  infer(content: unknown, input: unknown): Record<string, unknown>;
  /** The share of the labelled examples that a model with this content gets right, from 0 to 1. */
  accuracy(content: unknown): number;
}

type Label = string | boolean;

interface Definition<Content, Input, Result> {
  name: ModelName;
  version: string;
  content: Content;
  read(body: Body): Input;
  infer(content: Content, input: Input): Result;
  /** Of an answer, what the examples are labelled with. */
  label: (result: Result) => Label;
  /** A small fixed set, some of it beyond what the model can know. */
  examples: readonly (readonly [Input, Label])[];
}

export function defineModel<Content, Input, Result extends object>(
  definition: Definition<Content, Input, Result>,
): Model {
  const { name, version, content } = definition;
  const infer = (content: unknown, input: unknown) => definition.infer(content as Content, input as Input);
  return {
    name,
    version,
    content,
    read: (body) => definition.read(body),
    infer: (content, input) => Object.fromEntries(Object.entries(infer(content, input))),
    accuracy: (content) => {
      const { examples, label } = definition;
      const right = examples.filter(([input, expected]) => label(infer(content, input)) === expected);
      return Number((right.length / examples.length).toFixed(4));
    },
  };
}
