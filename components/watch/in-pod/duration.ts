/** Writes a time in seconds, in minutes where it is whole ones. */
export const duration = (seconds: number): string => (seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`);
