/** Parts of a PromQL expression, by the parser of Prometheus' own user interface. */
import { parser } from "@prometheus-io/lezer-promql";

export interface Parsed {
  /** Positions at which the parser did not understand the expression. */
  readonly errors: readonly number[];
  /** Selectors, without a range. */
  readonly selectors: readonly Selector[];
}

export interface Selector {
  readonly metric: string;
  /** Matchers as they are written. */
  readonly matchers: readonly string[];
}

/** Parses an expression without Grafana's variables. */
export function parsedQuery(expression: string): Parsed {
  const tree = parser.parse(expression);
  const text = ({ from, to }: { from: number; to: number }) => expression.slice(from, to);
  const [errors, selectors]: [number[], Selector[]] = [[], []];
  tree.iterate({
    enter({ node }) {
      if (node.type.isError) errors.push(node.from);
      if (node.name !== "VectorSelector") return;
      const metric = node.getChild("Identifier");
      const matchers = node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
      selectors.push({ metric: metric ? text(metric) : "", matchers: matchers.map(text) });
    },
  });
  return { errors, selectors };
}
