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

/** Writes the length of a past time, as 90.0 s, 5.2 h or 3.0 days. */
export function span(seconds: number): string {
  return seconds < 7200 ? duration(seconds) : hoursText(seconds);
}

/** Writes a time in hours or days, as 0.5 h or 3.0 days. */
export function hoursText(seconds: number): string {
  const hours = seconds / 3600;
  return hours < 48 ? `${hours.toFixed(1)} h` : `${(hours / 24).toFixed(1)} days`;
}
