/** Subject of a drill: what it is about. An interrupted one goes on with the same, within a day, or not at all. */
import { Misuse } from "../command-line";
import { span } from "./duration";

export interface Subject {
  readonly scenario: string;
  readonly system: string;
  readonly stack: string;
  /** SHA-256 of the stack's configuration. */
  readonly configuration: string;
  readonly context: string;
  /** UID of the cluster's namespace kube-system. */
  readonly cluster: string;
  /** Address of Pulumi's backend, without a login. */
  readonly backend: string;
}

const words: Readonly<Record<keyof Subject, string>> = {
  scenario: "the scenario",
  system: "the system",
  stack: "the stack",
  configuration: "the stack's configuration, as SHA-256,",
  context: "runsheet:context",
  cluster: "the cluster",
  backend: "Pulumi's backend",
};

/** Age up to which a drill is continued, in seconds. */
const limit = 24 * 3600;

/** Says how one subject differs from an earlier one. Undefined if it does not. */
export function difference(before: Subject, now: Subject): string | undefined {
  const key = (Object.keys(words) as (keyof Subject)[]).find((each) => before[each] !== now[each]);
  return key && `${words[key]} was ${before[key]} when the drill began, and is ${now[key]}`;
}

/**
 * Checks that an interrupted drill may go on.
 * @param directory its directory, for the messages
 * @param started when it began, and `now`, in milliseconds since 1970
 * @throws Misuse if it was about something else, or began too long ago: what it restores is as old as that
 */
export function expectSameDrill(
  directory: string,
  { subject, started }: { readonly subject?: Subject; readonly started: number },
  wanted: Subject,
  now: number,
): void {
  const wayBack = `"An interrupted drill" in docs/drills.md says how to end it`;
  const other = subject ? difference(subject, wanted) : "it does not say what it is about";
  if (other !== undefined)
    throw new Misuse(
      `the drill in ${directory} is not continued: ${other}. Nothing was done. Go back to what it was; else ${wayBack}`,
    );
  const age = (now - started) / 1000;
  if (age > limit || age < 0)
    throw new Misuse(
      `the drill in ${directory} is not continued: it began at ${new Date(started).toISOString()}, ${span(Math.abs(age))} ${age < 0 ? "in the future" : "ago"}, and would put back what was then. The limit is ${span(limit)}. Nothing was done. ${wayBack}`,
    );
}
