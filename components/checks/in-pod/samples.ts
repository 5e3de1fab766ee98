/** Those of the metrics of which the exposition has no sample: that they are described there is not enough. */
export function missingSamples(exposition: string, metrics: readonly string[]): string[] {
  const samples = exposition.split("\n").filter((line) => !line.startsWith("#"));
  const isOf = (sample: string, metric: string) =>
    sample === metric || [" ", "{", "_bucket{"].some((next) => sample.startsWith(metric + next));
  return metrics.filter((metric) => !samples.some((sample) => isOf(sample, metric)));
}
