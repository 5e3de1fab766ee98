/** State of a system of two steps, as `pulumi stack export` has it. */
const project = "urn:pulumi:shop::runsheet::";
const stack = `${project}pulumi:pulumi:Stack::runsheet-shop`;
const root = `${project}runsheet:index:Demo::demo`;
const runbook = `${project}runsheet:index:Demo$runsheet:index:Runbook::demo`;
const stepTypes = "runsheet:index:Demo$runsheet:index:Runbook$runsheet:index:Step";
const step = (name: string) => `${project}${stepTypes}::demo-${name}`;
const task = (name: string) => `${project}${stepTypes}$runsheet:index:Task::demo-${name}`;
const job = (name: string) => `${project}${stepTypes}$runsheet:index:Task$kubernetes:batch/v1:Job::${name}`;

/** Value of a secret in a state. */
export const encrypted = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" };

const resource = (urn: string, parent: string, properties: object) => ({
  ...{ urn, parent, type: urn.split("::")[2]!.split("$").at(-1)! },
  ...properties,
});

const pod = (container: object, configMap: string) => ({
  template: { spec: { containers: [container], volumes: [{ name: "files", configMap: { name: configMap } }] } },
});

const checks = {
  checks: [{ name: "health", url: "${API_URL}/health", answer: { status: "ok" }, hint: "Look at the log." }],
  cleanup: [],
};

export const smallSystem = {
  deployment: {
    resources: [
      { urn: stack, type: "pulumi:pulumi:Stack" },
      resource(root, stack, { outputs: { namespace: "shop", release: "1.2" } }),
      resource(runbook, root, {
        outputs: {
          title: "Demo: Deployment",
          steps: [
            {
              ...{ name: "migrate", title: "Database Migrations", after: [], revert: "schema.target" },
              leaves: { what: "maintenance mode", until: "verify" },
            },
            { name: "verify", title: "Verification", verify: "health", after: ["migrate"] },
          ],
          contacts: [{ role: "On call", reach: "on-call@demo.example", minutes: 15 }],
        },
      }),
      resource(step("migrate"), runbook, {}),
      resource(step("verify"), runbook, {}),
      resource(task("migrate"), step("migrate"), {}),
      resource(task("verify"), step("verify"), {}),
      resource(`${project}${stepTypes}$kubernetes:core/v1:ConfigMap::demo-files`, step("migrate"), {
        inputs: {
          ...{ metadata: { name: "demo-files", namespace: "shop" }, immutable: true },
          data: { "add__table.sql": "CREATE TABLE orders ();\n", "runner.cjs": "packed()" },
        },
      }),
      resource(job("demo-migrate"), task("migrate"), {
        inputs: {
          spec: pod({ command: ["psql", "--file=/runsheet/add/table.sql"], args: ["a b", encrypted] }, "demo-files"),
        },
        outputs: { status: { startTime: "2026-11-30T10:00:00Z", completionTime: "2026-11-30T10:02:30Z" } },
        modified: "2026-11-30T10:02:40Z",
      }),
      resource(job("demo-verify"), task("verify"), {
        inputs: {
          spec: pod(
            {
              command: ["node", "/runsheet/runner.cjs"],
              env: [
                { name: "CHECKS", value: JSON.stringify(checks) },
                { name: "ROLLOUTS", value: JSON.stringify([{ deployment: "demo", revision: "1" }]) },
              ],
            },
            "demo-files",
          ),
        },
        outputs: { status: { startTime: "2026-11-30T10:02:41Z", completionTime: "2026-11-30T10:02:53Z" } },
        modified: "2026-11-30T10:02:55Z",
      }),
      resource(`${project}${stepTypes}$kubernetes:apps/v1:Deployment::demo`, step("verify"), {
        inputs: { spec: { replicas: 2 } },
      }),
      { ...resource(job("old"), task("verify"), {}), delete: true },
    ],
  },
};
