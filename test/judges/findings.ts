/** Findings of the judges, and their explanations. */
import { z } from "zod";

export const judges = ["kube-score", "checkov", "kubeconform"] as const;

/** Something that a judge finds wrong with an object. */
export interface Finding {
  readonly judge: (typeof judges)[number];
  /** The judge's name of the check. */
  readonly check: string;
  /** The judge's words. */
  readonly says: string;
  /** STACK/KIND/NAME. */
  readonly object: string;
}

/** Accepted findings, with the reason. */
const explanation = z.strictObject({
  judge: z.enum(judges),
  check: z.string(),
  says: z.string(),
  /** Patterns of STACK/KIND/NAME. A `*` is any part of one of the three. */
  on: z.array(z.string().regex(/^[^/]+\/[^/]+\/[^/]+$/, "must be STACK/KIND/NAME")).min(1),
  because: z.string().min(1),
});

export type Explanation = z.infer<typeof explanation>;

/** The content of explained.yaml. */
export const explanations = z.array(explanation);

/** Problems: findings that nobody has explained, and explanations of what is found no more. */
export function problemsOf(findings: readonly Finding[], explained: readonly Explanation[]): string[] {
  const open = findings.filter(
    (finding) => !explained.some((each) => each.on.some((on) => explains(each, on, finding))),
  );
  return [...unexplained(open), ...explained.flatMap((each) => outdated(each, findings))];
}

const explains = ({ judge, check, says }: Explanation, on: string, finding: Finding) =>
  judge === finding.judge && check === finding.check && says === finding.says && pattern(on).test(finding.object);

const pattern = (on: string) =>
  new RegExp(`^${on.replace(/[.*+?^${}()|[\]\\]/g, (each) => (each === "*" ? "[^/]*" : `\\${each}`))}$`);

/** One problem for each check, with all objects. */
function unexplained(findings: readonly Finding[]): string[] {
  const checks = new Map<string, Set<string>>();
  for (const { judge, check, says, object } of findings) {
    const title = `${judge} ${check}: ${says}`;
    checks.set(title, (checks.get(title) ?? new Set()).add(object));
  }
  return [...checks].map(([title, objects]) => [title, ...[...objects].sort()].join("\n    "));
}

const outdated = (explanation: Explanation, findings: readonly Finding[]) =>
  explanation.on
    .filter((on) => !findings.some((finding) => explains(explanation, on, finding)))
    .map((on) => `${explanation.judge} ${explanation.check}: ${explanation.says}\n    not found any more on ${on}`);
