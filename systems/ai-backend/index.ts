import * as pulumi from "@pulumi/pulumi";
import { asUsersReach } from "../../components/system/public-url";
import { System, type SystemArgs } from "../../components/system";
import { known } from "../known";
import { api, configuration } from "./application";
import { prerequisites, smokeTests } from "./checks";
import { serverConnections } from "./connections";
import { models } from "./models";
import { redis } from "./redis";
import { aiBackendConfiguration, type AiBackendSettings } from "./settings";
import { conditions } from "./watch";

/** Roles beside the owner: the application, which also reads how busy the database is, and people with read access. */
const roles = [
  { name: "ai_backend_app", login: true, memberOf: ["pg_read_all_stats"] },
  { name: "ai_backend_read_only", login: true },
];

/** AI Backend, from its "AI Backend Deployment Guide": the headings of the guide are the titles of the steps. */
export class AiBackend extends System<AiBackendSettings> {
  constructor(args: SystemArgs<AiBackendSettings>, opts?: pulumi.ComponentResourceOptions) {
    super(
      {
        name: "ai-backend",
        title: "AI Backend Deployment Guide",
        foundation: {
          title: "Kubernetes Deployment: Prerequisites, Create namespace",
          verify: "the database and Redis are ready",
        },
        network: { title: "Security: Network Security", verify: "the policies are there" },
        database: {
          applicationRole: "ai_backend_app",
          roles,
          parameters: { max_connections: String(serverConnections) },
          connections: {
            pods: args.settings.scaling.max,
            each: { connections: args.settings.databaseMaxConnections, key: "databaseMaxConnections" },
          },
        },
        redis: redis(args.settings),
      },
      args,
      opts,
    );
    const { settings } = this;
    this.prerequisites(
      {
        title: "Prerequisites",
        verify: "PostgreSQL with connections for every pod, and Redis",
      },
      prerequisites(settings),
    );
    // The guide applies its manifests first: their pods would wait for a Secret that is not there.
    const configured = this.configuration(
      {
        title: "Kubernetes Deployment: Update Secrets; Configuration Management",
        verify: "the Secret has its three keys",
      },
      configuration(this),
    );
    const volume = this.step(
      "models",
      {
        title: "Backup and Recovery: ML Model Backups",
        verify: "every file of the models has its checksum, and the backup was compared with them",
        revert: "models.restore: a backup",
      },
      (step) => models(this, configured, step),
    );
    const service = this.step(
      "service",
      {
        title: "Kubernetes Deployment: Deploy to Kubernetes; Scaling",
        verify: "every pod is ready",
        revert: "the release before",
      },
      (step) => api(this, configured, volume, step),
    );
    this.verify(
      {
        title: "Health Checks",
        verify: "each endpoint, each component, the metrics, the response time and the errors",
      },
      smokeTests(settings),
      { configured, environment: { API_URL: service.url }, workloads: [service] },
    );
    this.ingress(
      "Security: Network Security, TLS and rate limits",
      { "/": "ai-backend" },
      {
        requestsPerSecond: 50,
        burst: 100,
      },
    );
    this.reachable(asUsersReach(this.settings, "/health"), [service]);
    this.watch("Monitoring and Alerting: Key Metrics to Monitor", conditions(settings), [service]);
    this.finish(service);
  }
}

export const aiBackend = known(
  "ai-backend",
  {
    ...aiBackendConfiguration,
    conditions,
    checks: ({ settings }) => [
      ...prerequisites(settings),
      ...smokeTests(settings).checks,
      ...asUsersReach(settings, "/health"),
    ],
  },
  AiBackend,
);
