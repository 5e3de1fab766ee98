/** Jobs that take longer than their limit: the error names the key that raises it. */
import * as pulumi from "@pulumi/pulumi";
import type { Named } from "./object-path";
import { Task } from "./task";

/**
 * Returns a transformation with which a Job that Kubernetes ended at its limit says how long that is, and which key raises it.
 * @param ended URNs of the Jobs that were ended for another reason, which has been told
 */
export function explainingDeadlines(ended: ReadonlySet<string>): pulumi.ResourceTransformation {
  const tasks = new Map<string, Task>();
  const hook = new pulumi.ErrorHook("job-deadlines", async ({ urn, name, newInputs, errors: [newest = ""] }) => {
    const task = tasks.get(name);
    if (!task || !newInputs || ended.has(urn) || !newest.includes("[DeadlineExceeded]")) return false;
    await pulumi.log.error(explained(newInputs as Named, task.limit), { urn: pulumi.output(urn) } as pulumi.Resource);
    return false;
  });
  return ({ type, name, props, opts }) => {
    if (type !== "kubernetes:batch/v1:Job" || !(opts.parent instanceof Task)) return undefined;
    tasks.set(name, opts.parent);
    return { props, opts: pulumi.mergeOptions(opts, { hooks: { onError: [hook] } }) };
  };
}

function explained({ metadata: { namespace, name } }: Named, { seconds, key, keySeconds }: Task["limit"]): string {
  const what = `the Job ${namespace}/${name} took longer than ${seconds} s, and was ended`;
  const how =
    key === undefined
      ? "no key has this limit: find what it waited for, such as a server that does not answer, and run up again"
      : `find what it waited for; if it needs the time, pulumi config set --path ${key} ${2 * keySeconds}, and run up again`;
  return `${what}. What to do: ${how}, which runs the Job again`;
}
