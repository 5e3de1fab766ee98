/** Targets of a system's datastores. CloudNativePG's servers export metrics; others have an exporter beside them. */
import * as pulumi from "@pulumi/pulumi";
import { AppSecrets } from "../kubernetes/app-secrets";
import type { SecretKey } from "../kubernetes/environment";
import { filesPath } from "../kubernetes/mounted-files";
import { Exporter, exporterLabels, type ExporterArgs } from "./exporter";
import { maintenanceScript, maintenanceScriptName } from "./maintenance-mode";
import type { MonitoredSystem } from "./monitored";
import type { Target } from "./targets";

const nameLabel = "app.kubernetes.io/name";

/** Makes the exporters that are needed. Returns the targets. */
export function databaseTargets(
  { name, namespace, database, redis, maintenanceKeys = [] }: MonitoredSystem,
  images: { readonly postgresExporter: string; readonly redisExporter: string },
  parent: pulumi.Resource,
): Target[] {
  const exported = (exporter: string, args: Omit<ExporterArgs, "namespace" | "ready">): Target => {
    new Exporter(exporter, { namespace, ready: "/", ...args }, { parent });
    const selector = exporterLabels(exporter);
    return { name: exporter, selector, jobLabel: nameLabel, endpoint: { port: "metrics" }, isExporter: true };
  };
  const postgresExporter = `${name}-postgres-exporter`;
  // Another password gives the Secret another name, so that the exporter restarts with it.
  const secretOf = (url: pulumi.Output<string> | SecretKey): SecretKey => {
    if (!pulumi.Output.isInstance(url)) return url;
    const values = { DATA_SOURCE_NAME: url };
    return {
      secret: new AppSecrets(postgresExporter, { namespace, values }, { parent }).secret,
      key: "DATA_SOURCE_NAME",
    };
  };
  const servers =
    "cluster" in database
      ? [ofCloudNativePg(database.cluster), ...(database.pooler ? [ofPooler(database.pooler)] : [])]
      : [
          exported(postgresExporter, {
            image: images.postgresExporter,
            environment: { DATA_SOURCE_NAME: secretOf(database.url), ...database.environment },
            port: 9187,
          }),
        ];
  if (!redis) return servers;
  return [
    ...servers,
    exported(`${name}-redis-exporter`, {
      ...{ image: images.redisExporter, environment: redis, port: 9121 },
      ...(maintenanceKeys.length > 0 && {
        args: [`--script=${filesPath}/${maintenanceScriptName}`],
        files: maintenanceScript(maintenanceKeys),
      }),
    }),
  ];
}

/** The servers export the metrics of the Barman Cloud plugin beside their own. */
const ofCloudNativePg = (cluster: string): Target => ({
  name: `${cluster}-servers`,
  selector: { "cnpg.io/cluster": cluster, "cnpg.io/podRole": "instance" },
  jobLabel: "cnpg.io/cluster",
  endpoint: { port: "metrics" },
});

const ofPooler = (pooler: string): Target => ({
  name: pooler,
  selector: { "cnpg.io/poolerName": pooler },
  jobLabel: "cnpg.io/poolerName",
  endpoint: { port: "metrics" },
});
