/** PM Intelligence's maintenance mode, and OmniOps' requeueing, with the runbooks' own defaults. */
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { runProgram, type RegisteredProgram } from "../../support/program";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

let program: RegisteredProgram;
beforeAll(async () => {
  program = await runProgram({
    "runsheet:systems": ["omniops", "pm"],
    "pm:maintenance": undefined,
    "pm:workloads": { "pm-backend": { port: 4000 } },
    "omniops:requeue": undefined,
  });
});

const variables = (job: string) => {
  const { env } = program.inputs("Job", job).spec.template.spec.containers[0];
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
};

test("the flag is the runbook's", () => {
  const commands = (job: string) =>
    (JSON.parse(variables(job).CHECKS!) as { checks: { redis: string[] }[] }).checks.map(({ redis }) =>
      redis.join(" "),
    );
  expect(commands("pm-maintenance-off")).toEqual(["DEL maintenance_mode", "EXISTS maintenance_mode"]);
});

test("the backend is asked at its Service, ten times for each pod, or absent", () => {
  expect(variables("pm-maintenance-on")).toMatchObject({ FLAGS: '["maintenance_mode"]', VALUE: "true" });
  const request = JSON.stringify(program.inputs("Secret", "pm-maintenance-request").stringData);
  for (const value of ['"URL":"http://pm-backend.pm:3000/api/signals?limit=1"', '"TIMES":"30"', '"ABSENT":"fine"'])
    expect(request).toContain(value);
});

test("no value of the request defines the pod, which would run again with it", () => {
  const all = variables("pm-maintenance-on");
  const ofSecrets = ["ABSENT", "REDIS_URL", "TEST_API_KEY", "TIMES", "URL", "WITHIN_SECONDS"];
  expect(Object.keys(all).sort()).toEqual(["FLAGS", "HOME", "VALUE", ...ofSecrets].sort());
  for (const name of ofSecrets) expect(all[name]).toBeUndefined();
});

test("without a header for testers the release is tested after the maintenance", () => {
  const steps = program.stepsOf("pm");
  const after = steps.slice(steps.indexOf("frontend"));
  expect(after).toEqual([
    "frontend",
    "rollback",
    "ingress",
    "maintenance-off",
    "accessible",
    "verify",
    "schedules",
    "notify-success",
  ]);
  const headers = (job: string) =>
    (JSON.parse(variables(job).CHECKS!) as { checks: { headers?: Record<string, string> }[] }).checks.flatMap((check) =>
      Object.keys(check.headers ?? {}),
    );
  expect(new Set([...headers("pm-backend-services"), ...headers("pm-smoke-test")])).toEqual(new Set(["Authorization"]));
});

test("nothing queues OmniOps' jobs again unless a schedule is set", () =>
  expect(program.names("CronJob").filter((name) => name.startsWith("omniops-requeue"))).toEqual([]));
