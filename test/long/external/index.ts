/** Database on an existing server and an existing Redis, with checks of both logins. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { postgres } from "../../../components/postgres";
import { redis } from "../../../components/redis";
import { Checks, checksRunner } from "../../../components/checks";
import { systemNamespace } from "../../../components/kubernetes/namespace";
import { nodePackages } from "../../../components/kubernetes/shared-packages";

const config = new pulumi.Config();
const cluster = new kubernetes.Provider("cluster", {
  context: "runsheet-lab",
  kubeconfig: "",
  enableServerSideApply: true,
});
const opts = { providers: [cluster] };
const namespace = systemNamespace("external", { provider: cluster }).metadata.name;

const database = postgres(
  "external-postgresql",
  {
    namespace,
    database: "external",
    roles: [{ name: "external_group" }, { name: "external_app", login: true, memberOf: ["external_group"] }],
    extensions: ["pg_trgm"],
  },
  {
    engine: "external",
    image: "runsheet.lab/postgresql:17",
    host: config.require("host"),
    adminUser: "external_admin",
    adminPassword: config.requireSecret("password"),
    sslMode: "require",
  },
  opts,
);
const queue = redis("external-redis", namespace, { engine: "external", url: config.requireSecret("redisUrl") }, opts);
const packages = nodePackages("external-node-packages", namespace, { provider: cluster });
new Checks(
  "external-test",
  {
    namespace,
    image: "runsheet.lab/node:22",
    runner: checksRunner("external-runner", namespace, packages, { provider: cluster }),
    checks: [
      { name: "the role logs in", sql: "SELECT current_user::text AS name", row: { name: "external_app" } },
      {
        name: "the connection is encrypted",
        sql: "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
        row: { ssl: true },
      },
      { name: "the extension is there", sql: "SELECT similarity('one', 'one')::int AS same", row: { same: 1 } },
      {
        name: "the role is a member",
        sql: "SELECT pg_has_role('external_group', 'usage') AS member",
        row: { member: true },
      },
      { name: "Redis answers", redis: ["PING"], matches: "^PONG$" },
    ],
    environment: { ...database.login("external_app").environment(), REDIS_URL: queue.url },
    trigger: [database.identity],
  },
  { ...opts, dependsOn: [database, queue] },
);
