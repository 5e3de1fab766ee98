/** PRISM's edge functions in a Supabase project. */
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { runProgram, type RegisteredProgram } from "../../support/program";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

const keys = ["openaiApiKey", "supabaseServiceRoleKey", "supabaseAnonKey", "adminToken", "supabaseAccessToken"];

let program: RegisteredProgram;
beforeAll(async () => {
  program = await runProgram(
    {
      "runsheet:systems": ["prism"],
      "prism:application": { api: "registry.example/api", functions: "registry.example/functions" },
      "prism:smokeTest": { businessId: "00000000-0000-4000-8000-000000000002" },
      "prism:baseline": false,
      "prism:generateSecrets": false,
      "prism:functions": { engine: "supabase", project: "abcdefghijklmnopqrst" },
      "prism:workloads": { "prism-functions": { writable: { "/app/supabase/.temp": "64Mi" } } },
    },
    Object.fromEntries(keys.map((key) => [`prism:${key}`, `the ${key}`])),
  );
});

const variables = (env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[]) =>
  Object.fromEntries(env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));

test.each(["income-tax-calculator", "vat-calculator", "business-classifier", "anti-avoidance-check"])(
  "the CLI deploys %s once for each release",
  (name) => {
    const { containers, volumes } = program.inputs("Job", `prism-deploy-${name}`).spec.template.spec;
    expect(containers[0]).toMatchObject({
      image: "registry.example/functions:5.0.0",
      command: ["supabase", "functions", "deploy", name, "--project-ref", "abcdefghijklmnopqrst", "--use-api"],
    });
    expect(variables(containers[0].env)).toEqual({
      HOME: "/tmp",
      SUPABASE_ACCESS_TOKEN: { secretKeyRef: { name: "prism-functions-deploy", key: "SUPABASE_ACCESS_TOKEN" } },
    });
    expect(volumes).toContainEqual({ name: "volume-0", emptyDir: { sizeLimit: "64Mi" } });
  },
);

test("the token is in a Secret of its own, which the application does not get", () => {
  expect(program.inputs("Secret", "prism-functions-deploy").stringData).toMatchObject({
    value: { SUPABASE_ACCESS_TOKEN: "the supabaseAccessToken" },
  });
  const { value } = program.inputs("Secret", "prism-secrets").stringData as { value: Record<string, string> };
  expect(Object.keys(value)).toEqual([
    "ADMIN_TOKEN",
    "OPENAI_API_KEY",
    "SUPABASE_ANON_KEY",
    "SUPABASE_SERVICE_ROLE_KEY",
  ]);
});

test("nothing serves them in the cluster, and the tests and the API ask the project", () => {
  expect(program.names("Deployment")).not.toContain("prism-functions");
  const url = "https://abcdefghijklmnopqrst.supabase.co";
  const environment = (kind: string, name: string) =>
    variables(program.inputs(kind, name).spec.template.spec.containers[0].env);
  expect(environment("Job", "prism-smoke-test")).toMatchObject({ FUNCTIONS_URL: url });
  expect(environment("Deployment", "prism-api")).toMatchObject({ SUPABASE_URL: url });
});
