/**
 * A Deployment and a Service that kubectl applied, as OmniOps' guide writes them, in a namespace of the team's. A stack
 * of one system takes them over. Its database and its Redis are outside of the cluster.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostAddress } from "../../lab/cluster/addresses";
import { ThrowAwayRedis } from "../services/redis";
import setUp from "../services/setup";
import { TeamDatabase } from "../services/teams/team-database";
import { omniops } from "../services/teams/teams";
import { eventually, kubectl } from "../support/cluster";
import { steadyRequests } from "../support/steady-requests";
import { omniopsAlone } from "../support/teams/omniops-alone";
import { TeamStack } from "../support/teams/stack";

const namespace = "takeover-production";
const name = "omniops-phase4";
const workload = `omniops:workloads.${name}`;
/** The labels of the guide's selector. */
const guide = { app: "omniops", version: "phase4-v0.2.0" };
const stack = new TeamStack();
let database: TeamDatabase;
let redis: ThrowAwayRedis;

/** Serves what the guide's probes ask, and ends when the requests have, as its image does. */
const program = `
  const server = require("node:http").createServer((request, response) => response.end("of the guide"));
  server.listen(3000);
  process.on("SIGTERM", () => setTimeout(() => server.close(() => process.exit(0)), 5000));`;

const ofSecret = (key: string) => ({ valueFrom: { secretKeyRef: { name: "omniops-secrets", key } } });
const probe = (path: string, periodSeconds: number) => ({ httpGet: { path, port: 3000 }, periodSeconds });

/** The guide's deployment.yaml, with one pod; and what a team has beside it. */
const manifests = [
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec: {
      replicas: 1,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: { matchLabels: guide },
      template: {
        metadata: { labels: guide, annotations: { "team/note": "by hand" } },
        spec: {
          hostAliases: [{ ip: "10.1.1.1", hostnames: ["old.test"] }],
          volumes: [{ name: "cache", emptyDir: {} }],
          containers: [
            {
              name: "omniops",
              image: "runsheet.lab/node:22",
              command: ["node", "-e", program],
              ports: [{ containerPort: 3000 }],
              env: [
                { name: "NODE_ENV", value: "production" },
                { name: "DATABASE_URL", ...ofSecret("database-url") },
                { name: "OPENAI_API_KEY", ...ofSecret("openai-api-key") },
                { name: "OLD_FLAG", value: "on" },
              ],
              volumeMounts: [{ name: "cache", mountPath: "/cache" }],
              resources: { requests: { memory: "32Mi", cpu: "10m" }, limits: { memory: "256Mi", cpu: "500m" } },
              livenessProbe: probe("/api/health", 10),
              readinessProbe: probe("/api/ready", 1),
            },
          ],
        },
      },
    },
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace, labels: { team: "omniops" } },
    spec: { selector: { app: "omniops" }, ports: [{ name: "web", port: 80, targetPort: 3000 }] },
  },
];

const get = (...args: string[]) => kubectl("get", "-n", namespace, ...args);
const json = async <Found>(...args: string[]) => JSON.parse(await get(...args, "-o", "json")) as Found;

async function apply(objects: readonly object[]): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "runsheet-from-kubectl-"));
  const file = join(directory, "objects.json");
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
  await kubectl("apply", "-f", file);
  rmSync(directory, { recursive: true });
}

beforeAll(async () => {
  await setUp();
  await kubectl("delete", "namespace", namespace, "--ignore-not-found");
  [database, redis] = await Promise.all([TeamDatabase.start(omniops, hostAddress), ThrowAwayRedis.start(hostAddress)]);
  await kubectl("create", "namespace", namespace);
  const values = ["--from-literal=database-url=unused", "--from-literal=openai-api-key=of-the-team"];
  await kubectl("create", "secret", "generic", "omniops-secrets", "-n", namespace, ...values);
  await apply(manifests);
  await kubectl("rollout", "status", "-n", namespace, `deployment/${name}`, "--timeout=120s");
  const { config, secrets } = omniopsAlone("takeover-", database, redis);
  const ofTeam = {
    "omniops:namespace": { name: "production", create: false },
    "omniops:secret": { create: false, keys: { OPENAI_API_KEY: "openai-api-key" } },
    "omniops:workloads": { [name]: { replicas: 1, resources: { cpu: "20m", memory: "64Mi", memoryLimit: "256Mi" } } },
  };
  await stack.create({ ...config, ...ofTeam }, secrets);
});
afterAll(async () => {
  await kubectl("delete", "namespace", namespace, "--ignore-not-found");
  await database.stop();
  await redis.stop();
  stack.remove();
});

test("what does not fit is refused with keys and values before a migration", async () => {
  const output = await stack.upFails();
  for (const problem of [
    "what runs cannot be taken over as configured; nothing was changed:",
    `set ${workload}.selector to {"app":"omniops","version":"phase4-v0.2.0"}, or`,
    `has the container omniops, and ${workload}.container is main: set it to omniops`,
    `has the port 80, and ${workload}.service.port is 3000: set ${workload}.service.port to 80, or`,
    `has the port's name "web", and ${workload}.service.portName is "http": set ${workload}.service.portName to "web", or`,
  ])
    expect(output).toContain(problem);
  expect(await database.history()).toEqual(database.expectedHistory(omniops.tool!.applied));
});

test("a preview says what is taken over", async () => {
  stack.configure({
    "omniops:workloads": {
      [name]: {
        ...{ replicas: 1, resources: { cpu: "20m", memory: "64Mi", memoryLimit: "256Mi" } },
        ...{ selector: guide, container: "omniops", service: { port: 80, portName: "web" } },
      },
    },
  });
  const output = await stack.preview();
  for (const kind of ["Deployment", "Service"])
    expect(output).toContain(`the ${kind} ${namespace}/${name}, which another tool made, is taken over`);
  expect(output).toContain(
    `the Deployment ${namespace}/${name} gets the resources {"limits":{"cpu":"500m","ephemeral-storage":"2304Mi","memory":"256Mi"},"requests":{"cpu":"20m","ephemeral-storage":"64Mi","memory":"64Mi"}}, and has {"limits":{"cpu":"500m","memory":"256Mi"},"requests":{"cpu":"10m","memory":"32Mi"}}`,
  );
});

test("a preview refuses to overwrite an object of the team's", async () => {
  await kubectl("create", "serviceaccount", "omniops-rollout-reader", "-n", namespace);
  expect(await stack.previewFails()).toContain(
    `the ServiceAccount ${namespace}/omniops-rollout-reader was made by another tool, and would be overwritten: delete it or give it another name first, or give the system a namespace of its own`,
  );
  await kubectl("delete", "serviceaccount", "omniops-rollout-reader", "-n", namespace);
});

test("an up takes it over, loses no request, and leaves nothing of the old", async () => {
  interface Identified {
    readonly metadata: { readonly uid: string };
    readonly spec: { readonly clusterIP: string };
  }
  const before = await Promise.all([json<Identified>("deployment", name), json<Identified>("service", name)]);
  const end = steadyRequests(`http://${before[1].spec.clusterIP}/api/health`);
  await stack.up();
  const pods = async () => (await get("pods", "-l", "app=omniops", "-o", "name")).split("\n");
  await eventually("the old pod is gone", async () => (await pods()).length === 1);
  const answers = await end();
  process.stderr.write(`  ${answers.count} requests during the up, answered by ${answers.bodies.join(" and ")}\n`);
  expect(answers.lost).toEqual([]);
  expect(answers.bodies[0]).toBe("of the guide");
  expect(answers.bodies.length).toBeGreaterThan(1);

  const after = await Promise.all([json<Identified>("deployment", name), json<Identified>("service", name)]);
  expect(after.map(({ metadata }) => metadata.uid)).toEqual(before.map(({ metadata }) => metadata.uid));
  expect((await get("replicasets", "-o", "name")).split("\n")).toHaveLength(1);
  const left = JSON.stringify(after);
  for (const old of ["OLD_FLAG", "old.test", "/cache", "team/note", '"team"', "kubectl"])
    expect(left).not.toContain(old);
  expect(left).toContain('{"key":"openai-api-key","name":"omniops-secrets"}');
  expect(await database.history()).toEqual(database.expectedHistory());
});

test("a second up changes nothing", async () =>
  expect(await stack.up("--expect-no-changes")).toMatch(/Resources:\n\s+\d+ unchanged\n/));

test("a destroy leaves the team's namespace and its Secret", async () => {
  await stack.destroy();
  expect(await get("deployments", "-o", "name")).toBe("");
  expect(await get("secret", "omniops-secrets", "-o", "jsonpath={.data.openai-api-key}")).not.toBe("");
});
