/** Requests to what users reach, by blackbox_exporter: through DNS, TLS and the ingress, as they do. */
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import type { Files } from "../kubernetes/mounted-files";
import { Exporter, exporterLabels } from "./exporter";
import { operatorObject, type Labels } from "./kinds";
import type { MonitoredAddress, MonitoredSystem } from "./monitored";
import { allowScrapes } from "./scrapes-allowed";

export interface ProbesArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: string;
  readonly systems: readonly MonitoredSystem[];
  /** Labels of the probes, by which Prometheus selects them. */
  readonly selected: Labels;
  /** Default: the Prometheus' own. */
  readonly scrapeInterval?: string;
  /** Namespace of Prometheus. Others do not reach the exporter, which asks whatever URL it is given. */
  readonly prometheusNamespace: pulumi.Input<string>;
}

const name = "blackbox-exporter";
const port = 9115;

/** Probes of the addresses of the systems. Nothing is made if there are none. */
export class Probes extends pulumi.ComponentResource {
  constructor(args: ProbesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:Probes", "monitoring-probes", {}, opts);
    const { namespace, image, selected: labels, scrapeInterval } = args;
    const systems = args.systems.filter(({ addresses }) => addresses.length > 0);
    if (systems.length > 0) {
      const resources = { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } };
      new Exporter(
        name,
        {
          ...{ namespace, image, port, resources, ready: "/-/healthy", service: true },
          args: ["--config.file=/runsheet/blackbox.yml"],
          files: configurationOf(systems),
        },
        { parent: this },
      );
      const url = pulumi.interpolate`${name}.${namespace}.svc:${port}`;
      const endpoint = { port: "metrics", ...(scrapeInterval && { interval: scrapeInterval }) };
      const selector = exporterLabels(name);
      allowScrapes(namespace, [{ name, selector, endpoint }], args.prometheusNamespace, { parent: this });
      const itself = { selector: { matchLabels: selector }, endpoints: [endpoint] };
      operatorObject("ServiceMonitor", name, { name, namespace, labels }, itself, { parent: this });
      for (const system of systems)
        for (const success of [true, false]) {
          const asked = system.addresses.filter((address) => address.success === success);
          if (asked.length === 0) continue;
          const metadata = { name: success ? system.name : `${system.name}-answers`, namespace, labels };
          operatorObject(
            "Probe",
            `${metadata.name}-probe`,
            metadata,
            {
              jobName: "blackbox",
              ...(scrapeInterval && { interval: scrapeInterval }),
              module: moduleOf(system, success),
              prober: { url },
              targets: { staticConfig: { static: asked.map(urlOf), labels: labelsOf(system) } },
            },
            { parent: this },
          );
        }
    }
    this.registerOutputs({});
  }
}

/** Labels of an address' metrics. The operator would set `namespace` to that of the Probe, which is the monitoring's. */
const labelsOf = ({ name, namespace }: MonitoredSystem) => ({ system: name, namespace });

const urlOf = ({ url }: MonitoredAddress) => url;

/** Statuses of a server that answers, be it that the path is not there or needs a login. */
const answers = [200, 204, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 422, 429];

/** Module of a system's addresses. One with an authority of its own has its own. */
const moduleOf = ({ name, publicCa }: MonitoredSystem, success: boolean) =>
  `${success ? "http_success" : "http_answers"}${publicCa === undefined ? "" : `_${name}`}`;

/** The exporter's configuration, and the authorities that it names. */
function configurationOf(systems: readonly MonitoredSystem[]): Files {
  const modules = systems.flatMap((system) =>
    [true, false].map((success) => {
      const trust = system.publicCa === undefined ? {} : { tls_config: { ca_file: `/runsheet/${system.name}.crt` } };
      const statuses = success ? {} : { valid_status_codes: answers };
      const http = { preferred_ip_protocol: "ip4", follow_redirects: false, ...statuses, ...trust };
      return [moduleOf(system, success), { prober: "http", timeout: "10s", http }] as const;
    }),
  );
  const authorities = systems.flatMap(({ name, publicCa }) =>
    publicCa === undefined ? [] : [[`${name}.crt`, publicCa] as const],
  );
  return { "blackbox.yml": stringify({ modules: Object.fromEntries(modules) }), ...Object.fromEntries(authorities) };
}
