/** LogQL, as Grafana's parser reads it. */
import { parser } from "@grafana/lezer-logql";

/** Parts of an expression that the parser does not understand, by their position. */
export function logQlErrors(expr: string): string[] {
  const errors: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) errors.push(`${from}-${to}: ${expr.slice(from, to)}`);
    },
  });
  return errors;
}
