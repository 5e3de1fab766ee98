/** Pods with private images, and the key `registries`. */
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { runProgram, type RegisteredProgram } from "../../support/program";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

const login = (password: string) => ({ username: "robot", password });
const place = { nodeSelector: { "kubernetes.io/arch": "arm64" }, tolerations: [{ key: "arm", operator: "Exists" }] };
const secretKeys = {
  prism: ["openaiApiKey", "supabaseServiceRoleKey", "supabaseAnonKey", "adminToken", "registryPassword", "hubToken"],
  omniops: [
    ...["openaiApiKey", "supabaseAnonKey", "supabaseServiceRoleKey", "slackWebhookUrl", "sendgridApiKey"],
    "registryPassword",
  ],
};
const secrets = Object.fromEntries(
  Object.entries(secretKeys).flatMap(([system, keys]) =>
    keys.map((key) => [`${system}:${key}`, key.endsWith("Url") ? "https://slack.invalid/1" : `the ${key}`]),
  ),
);

const real = { baseline: false, generateSecrets: false };
const of = (system: string, keys: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries({ ...real, ...keys }).map(([key, value]) => [`${system}:${key}`, value]));

let program: RegisteredProgram;
beforeAll(async () => {
  program = await runProgram(
    {
      "runsheet:systems": ["prism", "omniops", "mued"],
      "runsheet:images": {
        ...{ redis: "runsheet.lab/redis:8", node: "runsheet.lab/node:22", sqitch: "runsheet.lab/sqitch:1.5" },
        postgresql: "registry.example/postgresql:17.6",
      },
      ...of("prism", {
        application: { api: "registry.example:5000/api", functions: "team/functions" },
        smokeTest: { businessId: "00000000-0000-4000-8000-000000000002" },
        registries: { "registry.example:5000": login("registryPassword"), "docker.io": login("hubToken") },
        migrations: {
          command: ["npx", "prisma", "migrate", "deploy"],
          image: "registry.example:5000/migrations:1.4.0",
        },
        functions: { engine: "supabase", project: "abcdefghijklmnopqrst" },
        backup: { command: { image: "neon:2.15.0", command: ["neon", "branches", "create"], memoryLimit: "2Gi" } },
        checks: { tests: { image: "registry.example:5000/tests:5.0.0", command: ["true"], memoryLimit: "4Gi" } },
      }),
      ...of("omniops", {
        application: { app: "registry.example/omniops" },
        release: "phase4-v0.3.0",
        registries: { "registry.example": login("registryPassword") },
        backfill: { release: "phase4-v0.2.0" },
        requeue: { schedule: "*/5 * * * *" },
        workloads: { "omniops-phase4": { ...place, resources: { memory: "2Gi", memoryLimit: "3Gi" } } },
      }),
    },
    { ...secrets, "prism:supabaseAccessToken": "the token" },
  );
});

/** Pods with a pull secret, each with the kind and the name of what makes it. */
function pulling(system: string): string[] {
  return ["Deployment", "StatefulSet", "Job", "CronJob"].flatMap((kind) =>
    program
      .names(kind)
      .filter((name) => name.startsWith(system))
      .flatMap((name) => {
        const { spec } = program.inputs(kind, name);
        const template = kind === "CronJob" ? spec.jobTemplate.spec.template : spec.template;
        const { imagePullSecrets } = template.spec as { imagePullSecrets?: unknown };
        if (imagePullSecrets === undefined) return [];
        expect(imagePullSecrets).toEqual([{ name: `${system}-registries` }]);
        return [`${kind} ${name}`];
      }),
  );
}

test("the Secret has every login, under the name that the kubelet looks for", () => {
  const { metadata, type, stringData } = program.inputs("Secret", "prism-registries");
  expect([metadata.name, type]).toEqual(["prism-registries", "kubernetes.io/dockerconfigjson"]);
  const { value } = stringData as { value: Record<string, string> };
  expect(JSON.parse(value[".dockerconfigjson"]!)).toEqual({
    auths: {
      "registry.example:5000": { username: "robot", password: "the registryPassword" },
      "https://index.docker.io/v1/": { username: "robot", password: "the hubToken" },
    },
  });
});

test("every pod with an image of these registries gets it, and no other", () => {
  expect(pulling("prism")).toEqual([
    "Deployment prism-model-training",
    "Deployment prism-monthly-insights",
    "Deployment prism-api",
    "Job prism-backup-command",
    "Job prism-migrate-command",
    "Job prism-deploy-income-tax-calculator",
    "Job prism-deploy-vat-calculator",
    "Job prism-deploy-business-classifier",
    "Job prism-deploy-anti-avoidance-check",
    "Job prism-check-tests",
  ]);
  expect(pulling("mued")).toEqual([]);
});

test("jobs and schedules get it, and PostgreSQL with its image there", () => {
  expect(pulling("omniops")).toEqual(
    expect.arrayContaining([
      "Deployment omniops-phase4",
      "Job omniops-backfill-dry-run",
      "Job omniops-backfill",
      "Job omniops-dump",
      "CronJob omniops-requeue-failed-jobs",
    ]),
  );
  const { spec } = program.inputs("Cluster", "omniops-postgresql");
  expect(spec).toMatchObject({ imagePullSecrets: [{ name: "omniops-registries" }] });
  const test = program.inputs("CronJob", "omniops-restore-test").spec.jobTemplate.spec.template.spec;
  expect(JSON.stringify(test)).toContain('\\"imagePullSecrets\\":[{\\"name\\":\\"omniops-registries\\"}]');
});

test.each([
  ["Job prism-backup-command", "2Gi"],
  ["Job prism-check-tests", "4Gi"],
  ["Job omniops-backfill", "3Gi"],
  ["CronJob omniops-requeue-failed-jobs", "3Gi"],
])("%s has the memory limit of its key or of its workload", (job, memory) => {
  const [kind, name] = job.split(" ") as [string, string];
  const { spec } = program.inputs(kind, name);
  const template = kind === "CronJob" ? spec.jobTemplate.spec.template : spec.template;
  expect(template.spec.containers[0].resources).toMatchObject({ limits: { memory } });
});

describe("before anything is changed, a node pulls", () => {
  const pull = (system: string) => {
    const { env } = program.inputs("Job", `${system}-images`).spec.template.spec.containers[0];
    const value = (name: string) => env.find((each) => each.name === name)!.value!;
    const pod = JSON.parse(value("POD")) as { containers: { image: string }[] };
    return { pod, images: pod.containers.map(({ image }) => image), hint: value("HINT") };
  };

  test("the application's images and those of commands", () => {
    expect(pull("prism")).toMatchObject({
      images: [
        "registry.example:5000/api:5.0.0",
        "team/functions:5.0.0",
        "registry.example:5000/migrations:1.4.0",
        "neon:2.15.0",
        "registry.example:5000/tests:5.0.0",
      ],
      pod: { imagePullSecrets: [{ name: "prism-registries" }], automountServiceAccountToken: false },
      hint: "Push the image, or correct the key that names it, or the login at its registry: prism:registries.",
    });
  });

  test("the backfill's release, on the nodes of the workloads", () => {
    const { images, pod } = pull("omniops");
    expect(images).toEqual(["registry.example/omniops:phase4-v0.3.0", "registry.example/omniops:phase4-v0.2.0"]);
    expect(pod).toMatchObject(place);
  });

  test("nothing for the stand-in", () => expect(program.find("Job", "mued-images")).toBeUndefined());
});
