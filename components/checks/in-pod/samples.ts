/** Samples of Prometheus' text format. */
import parse from "parse-prometheus-text-format";
import type { Sample } from "../check";

interface Found {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Lists the wanted samples that the exposition does not have. */
export function missingSamples(exposition: string, wanted: readonly Sample[]): string[] {
  const lines = exposition.split("\n");
  const found = lines.filter((line) => !line.startsWith("#")).flatMap(sampleOf);
  const types = new Map(lines.flatMap(typeOf));
  return wanted
    .filter((sample) => !(sample.orDescribed && types.has(sample.metric)))
    .filter((sample) => !found.some((each) => isWanted(each, sample, types.get(sample.metric))))
    .map(shown);
}

/** Reads the type of a metric, as [name, type], from the line that declares it. */
function typeOf(line: string): [string, string][] {
  const [mark, keyword, name, type] = line.trim().split(/\s+/);
  return mark === "#" && keyword === "TYPE" && name !== undefined ? [[name, type ?? "untyped"]] : [];
}

/**
 * Reads one line. The package puts the samples of a histogram together and forgets their labels, and throws for a line
 * that it does not understand: alone and without its type, a sample keeps its labels, and an odd line spoils no other.
 */
function sampleOf(line: string): Found[] {
  try {
    return parse(`${line}\n`).flatMap(({ name, metrics }) =>
      metrics.flatMap(({ value: text, labels = {} }) => {
        const value = numberOf(text);
        return value === undefined ? [] : [{ name, labels, value }];
      }),
    );
  } catch {
    return [];
  }
}

/** Reads a number as Go writes it. Undefined if it is none. */
function numberOf(text: string): number | undefined {
  const infinite = /^([+-]?)Inf$/i.exec(text);
  if (infinite) return infinite[1] === "-" ? -Infinity : Infinity;
  if (/^NaN$/i.test(text)) return NaN;
  return text === "" || Number.isNaN(Number(text)) ? undefined : Number(text);
}

/** Tells whether it is a sample of the metric, or of its histogram or summary, with the wanted labels and value. */
const isWanted = (found: Found, { metric, labels = {}, value }: Sample, type: string | undefined) =>
  (found.name === metric ||
    found.name === `${metric}_bucket` ||
    // A summary may have no quantiles. What is counted has no value of its own.
    (value === undefined && (type === "summary" || type === "histogram") && found.name === `${metric}_count`)) &&
  Object.entries(labels).every(([label, text]) => found.labels[label] === text) &&
  (value === undefined || found.value === value);

/** The wanted sample as an exposition writes it. */
function shown({ metric, labels = {}, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
  return `${metric}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""}${value === undefined ? "" : ` ${value}`}`;
}
