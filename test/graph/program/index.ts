/**
 * Runbook with an empty step, parallel steps and nested components. Its objects are rendered to files, so it needs no
 * cluster.
 */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { CloudNativePostgres } from "../../../components/postgres/cloudnativepg";
import { Runbook } from "../../../components/runbook";
import { Task } from "../../../components/kubernetes/task";
import { reportProgress } from "../../../stack/summary";

class Nested extends pulumi.ComponentResource {
  constructor(name: string, depth: number, opts: pulumi.ComponentResourceOptions) {
    super("test:index:Nested", name, {}, opts);
    new kubernetes.core.v1.ConfigMap(name, { metadata: { name }, data: {} }, { parent: this });
    if (depth > 0) new Nested(`${name}-inner`, depth - 1, { parent: this });
  }
}

const provider = new kubernetes.Provider("files", { renderYamlToDirectory: new pulumi.Config().require("directory") });
const runbook = new Runbook("demo", { title: "Demo" }, { providers: [provider] });
new CloudNativePostgres(
  "data",
  { namespace: "default", database: "data", roles: [] },
  { image: "postgresql:17", operator: new Nested("operator", 1, { providers: [provider] }) },
  { providers: [provider], protect: true },
);
const fill = (name: string) => (parent: pulumi.Resource) => new Nested(name, 2, { parent });
runbook.step("first", { title: "First" }, fill("first"));
runbook.step("empty", { title: "Nothing in this stack" }, () => undefined);
runbook.step("second", { title: "Second" }, fill("second"));
runbook.step("left", { title: "Left" }, (parent) => {
  // No file can have this name, so the resource fails when it is written and not in the preview.
  const failing = new pulumi.Config().getBoolean("failing") && { metadata: { name: "no/such/directory" } };
  if (failing) new kubernetes.core.v1.ConfigMap("failing", failing, { parent });
  fill("left")(parent);
});
runbook.step("right", { title: "Right", after: ["second"] }, fill("right"));
runbook.step("last", { title: "Last", after: ["left", "right"] }, fill("last"));
runbook.step("prepared", { title: "With what can be there beforehand" }, (parent) => {
  const files = { metadata: { name: "program" }, immutable: true, data: {} };
  new kubernetes.core.v1.ConfigMap("program", files, { parent });
  new kubernetes.core.v1.ConfigMap("changing", { metadata: { name: "changing" }, data: {} }, { parent });
});
runbook.step("task", { title: "A task that waits for something of its own step" }, (parent) => {
  const before = new kubernetes.core.v1.ConfigMap("before", { metadata: { name: "before" }, data: {} }, { parent });
  const task = { namespace: "default", image: "node:22", command: ["true"], files: { file: "text" } };
  new Task("task", task, { parent, dependsOn: before });
});
void reportProgress([["demo", runbook]]);
export const steps = runbook.steps;
