/** Drift, as every format shows it and `--format json` prints it. */

/** Field that differs. Values are there for plain ones alone: no Secret's, and no variable's. */
export interface DriftedField {
  /** Path in the object. An item of a list has its key: `spec.template.spec.containers[main].image`. */
  readonly path: string;
  /** Value that the last `up` left. Undefined if there was none, or it is not shown. */
  readonly from?: string;
  /** Value that is there. Undefined if there is none, or it is not shown. */
  readonly to?: string;
}

/** Writer of an object's fields. Those of a finding are in the order of their times. */
export interface Author {
  /** Name under which it wrote, such as kubectl-edit. */
  readonly manager: string;
  /** Time of its last change of the object, in ISO 8601. Undefined if the cluster does not say it. */
  readonly time?: string;
}

/**
 * Difference between what the last `up` left and what is there. `undeclared`: an object that nobody declared. `failed`: a
 * check in the cluster, of the database above all.
 */
export interface Finding {
  readonly what: "changed" | "deleted" | "undeclared" | "failed";
  /** System, and step of its runbook. Undefined for what belongs to none. */
  readonly system?: string;
  readonly step?: string;
  /** Kind without its group, such as Deployment. */
  readonly kind: string;
  /** NAMESPACE/NAME, or the name of what is in no namespace. */
  readonly name: string;
  readonly fields: readonly DriftedField[];
  readonly by: readonly Author[];
  /** Output of a failed check. Undefined for everything else. */
  readonly message?: string;
  /** Work of the next `up` on it, as a clause that begins with `up`. */
  readonly up: string;
}

/** Findings of one look, and why it did not see everything. */
export interface Found {
  readonly findings: readonly Finding[];
  readonly errors: readonly string[];
}

export interface DriftedSystem {
  readonly name: string;
  readonly title: string;
  readonly findings: readonly Finding[];
}

/** All drift of a stack. */
export interface Drift {
  /** Version of this shape. */
  readonly version: 1;
  readonly stack: string;
  /** Namespaces of all systems, by system. */
  readonly namespaces: Readonly<Record<string, string>>;
  /** `failed`: not everything could be looked at. `busy`: an update runs, so that nothing was compared. */
  readonly result: "none" | "drift" | "failed" | "busy";
  /** In the order of all summaries, each in the order of its runbook. Those without findings are absent. */
  readonly systems: readonly DriftedSystem[];
  /** Findings of no system, such as the platform's, or to one without a runbook. */
  readonly others: readonly Finding[];
  /** Reasons for which not everything could be looked at. Of a busy stack: the reason, and what to do. */
  readonly errors: readonly string[];
}

/** Returns all findings. */
export const findingsOf = ({ systems, others }: Drift): Finding[] => [
  ...systems.flatMap(({ findings }) => findings),
  ...others,
];
