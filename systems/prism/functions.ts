/** "Edge Functions Deployment": by the Supabase CLI, as in the runbook, or served in the cluster. */
import * as pulumi from "@pulumi/pulumi";
import { NamedSecret } from "../../components/kubernetes/app-secrets";
import { Task } from "../../components/kubernetes/task";
import type { Step } from "../../components/runbook";
import type { Configured, System } from "../../components/system";
import type { Workload } from "../../components/workload";
import type { PrismSettings } from "./settings";

type Prism = System<PrismSettings>;

/** The functions of "Deploy via Supabase CLI". */
const names = ["income-tax-calculator", "vat-calculator", "business-classifier", "anti-avoidance-check"];

/** Functions that are deployed: the URL under which they are at /functions/v1, and what serves them in the cluster. */
export interface EdgeFunctions {
  readonly url: pulumi.Input<string>;
  readonly workloads: readonly Workload[];
}

/** SUPABASE_URL: the Supabase project's, or without one that of the functions in the cluster. */
export function supabaseUrl(prism: Prism): pulumi.Input<string> {
  const { settings, namespace } = prism;
  if (settings.supabaseUrl !== undefined) return settings.supabaseUrl;
  if (settings.functions.engine === "supabase") return `https://${settings.functions.project}.supabase.co`;
  const { name, port } = prism.names("prism-functions").service;
  return pulumi.interpolate`http://${name}.${namespace}:${port}`;
}

/**
 * Deploys the functions.
 * @param accessToken token for Supabase's API. stack/system-section.ts makes sure that it is set where it is needed
 */
export function functions(
  prism: Prism,
  configured: Configured,
  accessToken: pulumi.Output<string> | undefined,
  step: Step,
): EdgeFunctions {
  const { engine } = prism.settings.functions;
  if (engine === "supabase") {
    deploy(prism, configured, accessToken!, step);
    return { url: supabaseUrl(prism), workloads: [] };
  }
  const workload = prism.workload("prism-functions", "functions", configured, {}, step);
  return { url: workload.url, workloads: [workload] };
}

/** Runs "supabase functions deploy" once for each function and release. */
function deploy(prism: Prism, { application }: Configured, accessToken: pulumi.Output<string>, step: Step): void {
  const { namespace, settings } = prism;
  if (settings.functions.engine !== "supabase") return;
  const { project, flags } = settings.functions;
  const secret = "prism-functions-deploy";
  // Its name stays, so that another token does not deploy the functions again.
  const values = { SUPABASE_ACCESS_TOKEN: accessToken };
  const token = new NamedSecret(secret, { namespace, name: secret, values }, { parent: step });
  const { image } = application.role("functions");
  const own = prism.podLike("prism-functions", secret, step);
  for (const name of names)
    new Task(
      `prism-deploy-${name}`,
      {
        ...own,
        ...{ namespace, image, command: ["supabase", "functions", "deploy", name, "--project-ref", project, ...flags] },
        environment: { ...own.environment, SUPABASE_ACCESS_TOKEN: token.key("SUPABASE_ACCESS_TOKEN") },
      },
      { parent: step },
    );
}
