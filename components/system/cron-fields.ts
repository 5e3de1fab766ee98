/** Cron's five fields as Kubernetes and CloudNativePG read them. Other programs take more, such as 7 for Sunday. */

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names of its values, from the least on. Default: none. */
  readonly names?: readonly string[];
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const fields: readonly Field[] = [
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  { name: "day of the month", least: 1, most: 31 },
  { name: "month", least: 1, most: 12, names: months },
  { name: "day of the week", least: 0, most: 6, names: weekdays },
];

/** Days of the longest month of each number. */
const days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Explains what is wrong with a schedule of five fields. Undefined if nothing is. */
export function cronProblem(schedule: string): string | undefined {
  const texts = schedule.split(" ");
  const values: number[][] = [];
  for (const [index, field] of fields.entries()) {
    const found = valuesOf(texts[index]!, field);
    if (found === undefined) return `the ${field.name} is ${texts[index]}, and must be ${rangeOf(field)}`;
    values.push(found);
  }
  const [, , daysOfMonth = [], inMonths = []] = values;
  const comes = inMonths.some((month) => daysOfMonth.some((day) => day <= days[month - 1]!));
  // With a day of the week it runs on each of those, too.
  return comes || texts[4] !== "*" ? undefined : `the day ${texts[2]} of the month ${texts[3]} never comes`;
}

const rangeOf = ({ least, most, names }: Field) =>
  `${least}-${most}${names ? ` or ${names[0]}-${names.at(-1)}` : ""}, *, or a list or steps of them`;

/** The values of a field. Undefined if it is none. */
function valuesOf(text: string, field: Field): number[] | undefined {
  const parts = text.split(",").map((part) => rangeIn(part, field));
  return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part!);
}

function rangeIn(part: string, field: Field): number[] | undefined {
  const [, from = "", to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part) ?? [];
  const isAll = from === "*";
  const begin = isAll ? field.least : valueOf(from, field);
  const last = isAll || (to === undefined && step !== undefined) ? field.most : valueOf(to ?? from, field);
  const by = step === undefined ? 1 : Number(step);
  if (begin === undefined || last === undefined || begin > last || by === 0 || (isAll && to !== undefined))
    return undefined;
  return Array.from({ length: Math.floor((last - begin) / by) + 1 }, (_, index) => begin + index * by);
}

function valueOf(text: string, { least, most, names = [] }: Field): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  const value = named >= 0 ? least + named : /^\d+$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}
