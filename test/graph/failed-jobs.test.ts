/**
 * Pulumi's errors of a Job that fails, with Kubernetes' own API server and controllers: its program's text as it was written,
 * what kept its pod, the key of its limit.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { JobsStack } from "../support/jobs/stack";
import { ControlPlane } from "../services/watch/control-plane";

interface List {
  readonly items: readonly { readonly metadata: { readonly name: string }; readonly status: { phase: string } }[];
}

const pods = "/api/v1/namespaces/demo/pods";
const policies = "/apis/admissionregistration.k8s.io/v1";

let plane: ControlPlane;
let stack: JobsStack;

beforeAll(async () => {
  plane = await ControlPlane.start(["job-controller"]);
  await plane.ask("/api/v1/namespaces", { method: "POST", body: { metadata: { name: "demo" } } });
  stack = new JobsStack(plane.kubeconfig);
  await stack.create();
});
afterAll(async () => {
  stack?.remove();
  await plane?.stop();
});

/** Gives the pod of a task, once there is one that waits, a status as nodes give it. */
async function setPod(
  task: string,
  phase: "Running" | "Succeeded" | "Failed",
  message = "",
  more: readonly string[] = [],
) {
  for (;;) {
    const { items } = await plane.ask<List>(`${pods}?labelSelector=app.kubernetes.io%2Fname%3D${task}`);
    const name = items.find(({ status }) => status.phase === "Pending")?.metadata.name;
    await sleep(300);
    if (name === undefined) continue;
    const now = new Date().toISOString();
    const condition = (type: string, status: string) => ({ type, status, reason: "Test", lastTransitionTime: now });
    const exitCode = phase === "Failed" ? 3 : 0;
    const terminated = { exitCode, reason: "Error", message, startedAt: now, finishedAt: now };
    const state = phase === "Running" ? { running: { startedAt: now } } : { terminated };
    const status = {
      phase,
      conditions: [
        ...["PodScheduled", "Initialized", ...more].map((type) => condition(type, "True")),
        condition("Ready", phase === "Running" ? "True" : "False"),
      ],
      containerStatuses: [{ image: "", imageID: "", ready: phase === "Running", restartCount: 0, name: "main", state }],
    };
    await plane.ask(`${pods}/${name}/status`, { method: "PATCH", body: { status } });
    return;
  }
}

/** The name of a task's Job, from the output. */
const jobOf = (task: string, output: string) => new RegExp(`demo/(${task}-[0-9a-f]{10})`).exec(output)![1]!;

/**
 * Proof for the engine and the provider that run it: those that are installed, else the lab's, which are Pulumi 3.276.0 and the
 * provider 4.25.0 (lab/toolchain/recipes.ts). package.json pins the SDK of 4.34.2, whose provider is not tried where the lab's is.
 */
test("an error with percent signs is printed as psql said it", async () => {
  const said = [
    `psql:deploy/0004.sql:7: ERROR:  operator does not exist: integer ~~ unknown`,
    `LINE 1: ...FROM notes WHERE id LIKE '%draft%' AND '100%' <> '%s' || '%%'`,
  ];
  const [{ code, output }] = await Promise.all([stack.upWith("percent"), setPod("percent", "Failed", said.join("\n"))]);
  expect(code).not.toBe(0);
  for (const line of said) expect(output).toContain(line);
  expect(output).not.toContain("MISSING");
});

test("a Job whose pod is refused is an error within a minute, with what refused it", async () => {
  const message = "the image is not signed";
  const rule = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] };
  await plane.ask(`${policies}/validatingadmissionpolicies`, {
    method: "POST",
    body: {
      metadata: { name: "signed" },
      spec: {
        failurePolicy: "Fail",
        matchConstraints: { resourceRules: [rule] },
        validations: [{ expression: "false", message }],
      },
    },
  });
  await plane.ask(`${policies}/validatingadmissionpolicybindings`, {
    method: "POST",
    body: { metadata: { name: "signed" }, spec: { policyName: "signed", validationActions: ["Deny"] } },
  });
  await sleep(2000);
  const begin = Date.now();
  const { code, output } = await stack.upWith("refused");
  expect(code).not.toBe(0);
  expect((Date.now() - begin) / 1000).toBeLessThan(60);
  const job = jobOf("refused", output);
  expect(output).toMatch(
    new RegExp(
      `error: the pod of the Job demo/${job} does not start: FailedCreate: Error creating: pods "${job}-\\w+" is forbidden: ` +
        `ValidatingAdmissionPolicy 'signed' with binding 'signed' denied request: ${message}\\. The Job was ended\\. What to ` +
        "do: mend that, and run up again, which runs the Job again",
    ),
  );
  expect(output).not.toContain("took longer than");
  await plane.ask(`${policies}/validatingadmissionpolicybindings/signed`, { method: "DELETE" });
  await sleep(2000);
});

test("a Job that takes longer than its limit is an error with the key that has it", async () => {
  const [{ code, output }] = await Promise.all([stack.upWith("slow", 5), setPod("slow", "Running")]);
  expect(code).not.toBe(0);
  expect(output).toContain(
    `error: the Job demo/${jobOf("slow", output)} took longer than 5 s, and was ended. What to do: find what it waited for; if it ` +
      "needs the time, pulumi config set --path mued:schema.deadlineSeconds 10, and run up again, which runs the Job again",
  );
});

test("a pod that a node's drain has taken away is no failure: another goes on", async () => {
  const drained = async () => {
    await setPod("drained", "Failed", "terminated", ["DisruptionTarget"]);
    await setPod("drained", "Succeeded");
  };
  const [{ code, output }] = await Promise.all([stack.upWith("drained"), drained()]);
  expect(output).toContain("kubernetes:batch/v1:Job drained created");
  expect(output).not.toMatch(/error: |failed\*\*/);
  expect(code).toBe(0);
});
