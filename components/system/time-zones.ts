/**
 * Time zones that every reader of a stack's file knows. Kubernetes and PostgreSQL look for a file of that very name, and
 * PostgreSQL's image has none for the names of before. Node.js takes them in any case, and lists some by those names.
 */

/** Names of today by those of before that Node.js lists. */
const renamed: Readonly<Record<string, string>> = {
  "Africa/Asmera": "Africa/Asmara",
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Catamarca": "America/Argentina/Catamarca",
  "America/Coral_Harbour": "America/Atikokan",
  "America/Cordoba": "America/Argentina/Cordoba",
  "America/Godthab": "America/Nuuk",
  "America/Indianapolis": "America/Indiana/Indianapolis",
  "America/Jujuy": "America/Argentina/Jujuy",
  "America/Louisville": "America/Kentucky/Louisville",
  "America/Mendoza": "America/Argentina/Mendoza",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Europe/Kiev": "Europe/Kyiv",
  "Pacific/Enderbury": "Pacific/Kanton",
  "Pacific/Ponape": "Pacific/Pohnpei",
  "Pacific/Truk": "Pacific/Chuuk",
};

/** Offsets, whose sign is the other way round: Etc/GMT+5 is five hours behind. */
const offsets = [
  ...Array.from({ length: 13 }, (_, hours) => `Etc/GMT+${hours}`),
  ...Array.from({ length: 15 }, (_, hours) => `Etc/GMT-${hours}`),
];

let known: ReadonlySet<string> | undefined;

/** The names, listed once. */
const names = (): ReadonlySet<string> => (known ??= new Set([...listed(), "UTC", "Etc/UTC", "Etc/GMT", ...offsets]));

const listed = () => Intl.supportedValuesOf("timeZone").map((name) => renamed[name] ?? name);

export const isTimeZone = (name: string): boolean => names().has(name);

/** Returns the name that was probably meant. Undefined if nobody knows. */
export function meantTimeZone(name: string): string | undefined {
  const isSame = (other: string) => other.toLowerCase() === name.toLowerCase();
  const before = Object.keys(renamed).find(isSame);
  if (before !== undefined) return renamed[before];
  const found = [...names()].find(isSame);
  if (found !== undefined) return found;
  try {
    // US/Pacific and the like.
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    const today = renamed[timeZone] ?? timeZone;
    return names().has(today) ? today : undefined;
  } catch {
    return undefined;
  }
}
