/** Converts a size such as 10Gi to Mi. The configuration accepts Mi, Gi and Ti. */
export function mebibytes(size: string): number {
  const [, count, unit] = /^(\d+)(Mi|Gi|Ti)$/.exec(size) ?? [];
  return Number(count) * { Mi: 1, Gi: 1024, Ti: 1024 ** 2 }[unit as "Mi" | "Gi" | "Ti"];
}
