/** Pods that connect to a Redis outside of the cluster, with a certificate authority of its own. */
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { runProgram, type PodSpec, type RegisteredProgram } from "../../support/program";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

const pem = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----`;
const ca = pem("of Redis");

let program: RegisteredProgram;
beforeAll(async () => {
  program = await runProgram(
    {
      "runsheet:systems": ["omniops", "pm", "ai-backend"],
      "omniops:redis": { engine: "external", ca },
      "omniops:postgres": { engine: "existing", ca: pem("of the database") },
      "omniops:baseline": false,
      "omniops:requeue": { schedule: "*/5 * * * *" },
      "omniops:checks": { tests: { image: "runsheet.lab/node:22", command: ["true"] } },
      "pm:redis": { engine: "external", ca },
      "ai-backend:redis": { engine: "external" },
    },
    {
      "omniops:databaseUrl": "postgresql://app:pw@db.example/omniops",
      "omniops:redisUrl": "rediss://omniops:p%40ss@redis.example:6380",
      "pm:redisUrl": "rediss://redis.example",
      "pm:slackWebhookUrl": "http://slack.example:8085/services",
      "ai-backend:redisUrl": "rediss://redis.example:6380/1",
    },
  );
});

const secretOf = (name: string) =>
  (program.inputs("Secret", name).stringData as { value: Record<string, string> }).value;

/** Content of the file that a variable names in the pod. */
function fileOf(pod: PodSpec, variable: string): string {
  const path = pod.containers[0].env.find(({ name }) => name === variable)!.value!;
  const mount = pod.containers[0].volumeMounts.find(({ mountPath }) => path.startsWith(`${mountPath}/`))!;
  const { secret } = pod.volumes.find(({ name }) => name === mount.name) as unknown as {
    secret: { secretName: string };
  };
  return secretOf(secret.secretName.replace(/-autonamed$/, ""))[path.slice(mount.mountPath.length + 1)]!;
}

test("the Secret has the URL, the password and both authorities", () => {
  expect(secretOf("omniops-redis")).toEqual({
    url: "rediss://omniops:p%40ss@redis.example:6380",
    password: "p@ss",
    "ca.crt": `${ca}\n${pem("of the database")}`,
  });
  expect(Object.keys(secretOf("ai-backend-redis"))).toEqual(["password", "url"]);
});

const template = (kind: string, name: string) => program.inputs(kind, name).spec.template.spec;

test.each<[string, () => PodSpec]>([
  ["the application", () => template("Deployment", "omniops-phase4")],
  ["the prerequisites", () => template("Job", "omniops-prerequisites")],
  ["a check's command", () => template("Job", "omniops-check-tests")],
  [
    "the schedule that queues jobs again",
    () => program.inputs("CronJob", "omniops-requeue-failed-jobs").spec.jobTemplate.spec.template.spec,
  ],
])("%s trusts both", (_, podOf) => {
  const pod = podOf();
  for (const variable of ["NODE_EXTRA_CA_CERTS", "REDIS_CA_FILE"])
    expect(fileOf(pod, variable)).toBe(`${ca}\n${pem("of the database")}`);
  expect(fileOf(pod, "PGSSLROOTCERT")).toBe(pem("of the database"));
});

test("what sets and asks the flag of the maintenance mode trusts Redis", () => {
  for (const job of ["pm-maintenance-on", "pm-maintenance-off"])
    expect(fileOf(template("Job", job), "NODE_EXTRA_CA_CERTS")).toBe(ca);
});

test.each([
  ["omniops", [443, 5432, 6380]],
  ["pm", [443, 6379, 7687, 8085]],
  ["ai-backend", [443, 6380]],
])("network policies let the pods of %s reach the ports of the URLs", (system, ports) => {
  const { egress } = program.inputs("NetworkPolicy", `${system}-egress`).spec as unknown as {
    egress: { to?: object[]; ports: { port: number }[] }[];
  };
  expect(egress.filter(({ to }) => !to).map(({ ports }) => ports.map(({ port }) => port))).toEqual([ports]);
});
