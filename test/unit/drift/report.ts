/** Report with every kind of finding, and values that have a meaning in Markdown, HTML or a terminal. */
import type { Drift, Finding } from "../../../drift/finding";

const time = "2026-12-01T15:50:36Z";
const of = (changes: Partial<Finding>): Finding => ({
  ...{ what: "changed", kind: "Deployment", name: "prism/prism-api", fields: [], by: [], up: "up takes it back" },
  ...changes,
});

export const report: Drift = {
  ...{ version: 1, stack: "staging", result: "failed", namespaces: { prism: "prism", mued: "school" } },
  errors: ["mued/mued-prerequisites: the Job drift-prerequisites-1 did not end within 1800 s", "two\nlines"],
  systems: [
    {
      name: "prism",
      title: "PRISM Phase 5 Deployment Runbook",
      findings: [
        of({
          ...{ what: "undeclared", kind: "ConfigMap", name: "prism/extra" },
          by: [{ manager: "kubectl-create", time }],
          up: "up leaves it. If nobody needs it: kubectl delete configmap -n prism extra. If it is to stay, label it app.kubernetes.io/managed-by",
        }),
        of({
          ...{ what: "failed", step: "prerequisites", kind: "check", name: "prism/prism-schema-check" },
          message: "psql: ERROR:  index idx is missing\n```\n@team <b>",
          up: "up mends it",
        }),
        of({
          step: "services",
          fields: [
            { path: "spec.replicas", from: "2", to: "3" },
            { path: "spec.template.spec.containers[main].env[DEBUG]" },
            { path: 'metadata.annotations["a|b"]', to: "`x` | <img> @team" },
          ],
          by: [{ manager: "kubectl" }, { manager: "kubectl-set", time }],
        }),
        of({
          step: "services",
          kind: "CronJob",
          name: "prism/insights",
          fields: [{ path: "spec.suspend", from: "false" }],
        }),
        of({
          ...{ what: "deleted", step: "verify", kind: "Job", name: "prism/prism-smoke-test-1a" },
          up: "up alone does not see it; up --refresh runs it again",
        }),
      ],
    },
  ],
  others: [of({ kind: "Namespace", name: "cnpg-system", fields: [{ path: "metadata.labels.a" }] })],
};
