/** Lists the metrics without a sample in the exposition. A description alone is not enough. */
export function missingSamples(exposition: string, metrics: readonly string[]): string[] {
  const samples = exposition.split("\n").filter((line) => !line.startsWith("#"));
  const isOf = (sample: string, metric: string) =>
    sample === metric || [" ", "{", "_bucket{"].some((next) => sample.startsWith(metric + next));
  return metrics.filter((metric) => !samples.some((sample) => isOf(sample, metric)));
}
