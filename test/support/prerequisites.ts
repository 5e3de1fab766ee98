/** Tables that a system's runbook assumes, read from the checks of its prerequisites. */
import type { Check, SqlCheck } from "../../components/checks/check";
import { goldenOf } from "./golden";

interface Job {
  readonly spec: { template: { spec: { containers: { env: { name: string; value?: string }[] }[] } } };
}

/** Checks of a system's prerequisites. */
function prerequisites(system: string): readonly Check[] {
  const named = ({ type, name }: { type: string; name: string }) =>
    type === "kubernetes:batch/v1:Job" && name === `${system}-prerequisites`;
  const { spec } = goldenOf(system).resources.find(named)!.inputs as unknown as Job;
  const { value } = spec.template.spec.containers[0]!.env.find(({ name }) => name === "CHECKS")!;
  return (JSON.parse(value!) as { checks: readonly Check[] }).checks;
}

/**
 * Returns a table of the schema `public` that a system's runbook assumes, and the name of the check that looks for it.
 * @throws Error if the prerequisites have no such check
 */
export function assumedTable(system: string): { check: string; table: string } {
  const check = prerequisites(system).find(({ name }) => /^the existing .* schema$/.test(name)) as SqlCheck | undefined;
  const tables = /'\{([^}]*)\}'/.exec(check?.sql ?? "")?.[1]!.split(",") ?? [];
  const table = tables.filter((each) => each.startsWith("public.")).at(-1);
  if (!check || !table)
    throw new Error(`the prerequisites of ${system} have no check existingSchema with a table of public`);
  return { check: check.name, table: table.replace("public.", "") };
}
