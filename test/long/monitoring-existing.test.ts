/**
 * OmniOps of a team: its database and its Redis are outside of the cluster, which has a Prometheus operator, a Prometheus
 * and an Alertmanager already (engine `existing`). Users reach it under a name with a certificate of a private authority.
 */
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { Prometheus } from "../../dashboards/pictures/prometheus";
import { hostAddress } from "../../lab/cluster/addresses";
import { ThrowAwayRedis } from "../services/redis";
import setUp from "../services/setup";
import { TeamDatabase } from "../services/teams/team-database";
import { omniops } from "../services/teams/teams";
import { TestAuthority } from "../services/test-authority";
import { AlertReceivers } from "../support/alerts/receivers";
import { eventually, kubectl, serviceAddress } from "../support/cluster";
import { labImages, smallOmniops } from "../support/monitoring/settings";
import {
  installTeamPrometheus,
  removeTeamPrometheus,
  teamLabels,
  teamServer,
} from "../support/monitoring/team-prometheus";
import { omniopsAlone } from "../support/teams/omniops-alone";
import { TeamStack } from "../support/teams/stack";

const namespace = "observed-production";
const ofMonitoring = "observed-monitoring";
const { postgresExporter, redisExporter, blackboxExporter, collector } = labImages;
const stack = new TeamStack();
let database: TeamDatabase;
let redis: ThrowAwayRedis;
let receivers: AlertReceivers;
let users: Server;

const monitoring = (labels: object) => ({
  engine: "existing",
  namespace: ofMonitoring,
  labels,
  images: { postgresExporter, redisExporter, blackboxExporter, collector },
  receivers: { slack: { channel: "#engineering" } },
});

/** Values of an expression now, by the label `job`. */
async function valuesByJob(expression: string): Promise<Record<string, number>> {
  const prometheus = new Prometheus(await teamServer("prometheus", 9090));
  const series = await prometheus.instant(expression, Date.now() / 1000);
  return Object.fromEntries(series.map(({ labels, values }) => [labels.job!, values.at(-1)![1]] as const));
}

/** Serves what the application answers, as its ingress does. */
async function startUsersEntrance(authority: TestAuthority): Promise<Server> {
  const server = createServer(await authority.issue([hostAddress]), (request, response) => {
    const asked = serviceAddress(namespace, "omniops-phase4").then((address) =>
      fetch(`http://${address}:3000${request.url}`),
    );
    void asked.then(
      async (answer) => response.writeHead(answer.status).end(await answer.text()),
      (error: Error) => response.writeHead(502).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, hostAddress, resolve));
  return server;
}

async function removeAll(): Promise<void> {
  await kubectl("delete", "namespace", namespace, ofMonitoring, `${ofMonitoring}-nodes`, "--ignore-not-found");
  await removeTeamPrometheus();
}

beforeAll(async () => {
  await setUp();
  await removeAll();
  await installTeamPrometheus();
  const authority = await TestAuthority.create();
  [database, redis, receivers, users] = await Promise.all([
    TeamDatabase.start(omniops, hostAddress),
    ThrowAwayRedis.start(hostAddress),
    AlertReceivers.start(hostAddress),
    startUsersEntrance(authority),
  ]);
  const { config, secrets } = omniopsAlone("observed-", database, redis);
  const observed = {
    ...smallOmniops,
    "runsheet:monitoring": monitoring({ release: "another" }),
    "omniops:publicUrl": `https://${hostAddress}:${(users.address() as AddressInfo).port}`,
    "omniops:publicCa": authority.pem,
  };
  const webhook = { "runsheet:slackWebhookUrl": `${receivers.url}/slack` };
  await stack.create({ ...config, ...observed }, { ...secrets, ...webhook });
});
afterAll(async () => {
  await removeAll();
  await database.stop();
  await redis.stop();
  await receivers.stop();
  users.close();
  stack.remove();
});

test("a preview warns of labels that the cluster's Prometheus does not select", async () => {
  expect(await stack.preview()).toContain(
    'no Prometheus of the cluster selects PodMonitors with runsheet:monitoring.labels {"release":"another"}: nothing ' +
      'would be scraped. What they select: monitoring/team {"matchLabels":{"release":"kube-prometheus-stack"}}',
  );
});

test("the workload, both datastores and what users reach are scraped", async () => {
  stack.configure({ "runsheet:monitoring": monitoring(teamLabels) });
  await stack.up();
  const up = { "omniops-phase4": 1, "omniops-postgres-exporter": 1, "omniops-redis-exporter": 1, blackbox: 1 };
  await eventually("all targets are up", async () => Object.keys(await valuesByJob("up == 1")).length >= 5, 120);
  expect(await valuesByJob("up")).toEqual({ ...up, "blackbox-exporter": 1 });
  expect(await valuesByJob("pg_up")).toEqual({ "omniops-postgres-exporter": 1 });
  expect(await valuesByJob("redis_up")).toEqual({ "omniops-redis-exporter": 1 });
  expect(await valuesByJob("min by (job) (probe_success)")).toEqual({ blackbox: 1 });
});

test("its rules are evaluated without an error, and its Alertmanager has the routes", async () => {
  interface Rules {
    readonly data: { readonly groups: readonly { readonly rules: readonly { readonly health: string }[] }[] };
  }
  const asked = async () => fetch(`${await teamServer("prometheus", 9090)}/api/v1/rules`);
  const rules = async () => ((await (await asked()).json()) as Rules).data.groups.flatMap((group) => group.rules);
  await eventually("every rule is evaluated", async () => (await rules()).every(({ health }) => health === "ok"), 180);
  expect((await rules()).length).toBeGreaterThan(30);
  const status = await (await fetch(`${await teamServer("alertmanager", 9093)}/api/v2/status`)).text();
  expect(status).toContain(`${namespace}/`);
});

test("a second up changes nothing", async () =>
  expect(await stack.up("--expect-no-changes")).toMatch(/Resources:\n\s+\d+ unchanged\n/));

test("a Redis that is gone is told in Slack", async () => {
  const began = Date.now();
  await redis.stop();
  const told = () => receivers.received.find(({ body }) => JSON.stringify(body).includes("RedisDown"));
  await eventually("Slack is told", () => Promise.resolve(told() !== undefined), 600);
  process.stderr.write(`  RedisDown in Slack after ${Math.round((told()!.at - began) / 1000)} s\n`);
  expect(JSON.stringify(told()!.body)).toContain("CRITICAL: omniops in teams, RedisDown");
});

test("a destroy leaves the cluster's own, and none of the stack's objects", async () => {
  await stack.destroy();
  expect(await kubectl("get", "podmonitors,prometheusrules,alertmanagerconfigs,probes", "-A", "-o", "name")).toBe("");
  expect(await kubectl("get", "namespace", ofMonitoring, "--ignore-not-found", "-o", "name")).toBe("");
  expect(await kubectl("get", "prometheus", "-n", "monitoring", "-o", "name")).toBe(
    "prometheus.monitoring.coreos.com/team",
  );
});
