/** Definition of a model: content of its file, input, inference and accuracy. */
import type { Body } from "../../core/fields";

export const modelNames = ["fraud_detection", "predictive_analytics", "compliance_checking", "nlp_invoice"] as const;

export type ModelName = (typeof modelNames)[number];

/** Returns the environment variable that switches a model. */
export const switchOf = (model: ModelName) => `${model.toUpperCase()}_ENABLED`;

/** Model without the types of its content and input. */
export interface Model {
  readonly name: ModelName;
  /** Version and content that the script write-models writes. */
  readonly version: string;
  readonly content: unknown;
  /** Reads a request. Throws HttpError 400 that names the invalid field. */
  read(body: Body): unknown;
  /** Returns the answer of a model with this content. The same input always has the same answer. */
  infer(content: unknown, input: unknown): Record<string, unknown>;
  /** Returns the share of the labelled examples that a model with this content answers correctly, from 0 to 1. */
  accuracy(content: unknown): number;
}

type Label = string | boolean;

interface Definition<Content, Input, Result> {
  name: ModelName;
  version: string;
  content: Content;
  read(body: Body): Input;
  infer(content: Content, input: Input): Result;
  /** Returns the part of an answer that is compared with the label of an example. */
  label: (result: Result) => Label;
  /** Small fixed set of labelled inputs. Some are beyond what the model can know. */
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
