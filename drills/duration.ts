/** Durations in words. */

/** Writes a measured duration, as 81.6 s or 3 min 0 s. Infinity is unknown. */
export function duration(seconds: number): string {
  if (seconds === Infinity) return "unknown";
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Writes the round duration of an axis, as 90 s, 5 min or 1 h 30 min. */
export function roundDuration(seconds: number): string {
  if (seconds < 60 || seconds % 60 !== 0) return `${seconds} s`;
  const minutes = seconds / 60;
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? "" : ` ${minutes % 60} min`}`;
}
