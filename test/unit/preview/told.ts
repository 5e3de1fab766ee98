/** Previews of the system demo, told from the engine's events. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { Events } from "../../../engine/events";
import { tell } from "../../../preview/tell";
import type { Finding } from "../../../preview/told";
import { demo, resource, stepUrn, type Told } from "../../support/engine-events";

export const types = {
  configMap: "kubernetes:core/v1:ConfigMap",
  deployment: "kubernetes:apps/v1:Deployment",
  job: "kubernetes:batch/v1:Job",
  password: "random:index/randomPassword:RandomPassword",
  id: "random:index/randomId:RandomId",
  cluster: "kubernetes:postgresql.cnpg.io/v1:Cluster",
} as const;

const steps = [
  { name: "environment", title: "Provide what is needed" },
  {
    name: "maintenance-on",
    title: "Enable Maintenance Mode",
    leaves: { what: "maintenance mode", until: "maintenance-off" },
  },
  { name: "migrate", title: "Migrate the database" },
  { name: "backend", title: "Deploy the backend" },
  { name: "maintenance-off", title: "Disable Maintenance Mode" },
];

/** Resource of a step. */
export const within = (step: string, told: Omit<Told, "parent">): EngineEvent[] =>
  resource({ ...told, parent: stepUrn(step) });

/** Job of a step that runs again, or for the first time with `ops`. */
export const task = (step: string, name: string, told: Partial<Told> = {}): EngineEvent[] =>
  within(step, { type: types.job, name, ops: ["replace", "create-replacement"], fields: ["metadata.name"], ...told });

/** Identifier of the release and the schema's target. */
export const deployment = (from: object, to: object): EngineEvent[] =>
  within("environment", {
    type: types.id,
    name: "demo-deployment",
    ops: ["replace"],
    from: { keepers: from },
    to: { keepers: to },
    fields: ["keepers"],
  });

/** Migration's task: its command ends with the change. */
export const migration = (change: string, told: Partial<Told> = {}): EngineEvent[] => {
  const inputs = {
    spec: {
      template: { spec: { containers: [{ name: "main", command: ["sh", "migrate.sh", "deploy", "demo", change] }] } },
    },
  };
  return task("migrate", `demo-migrate-${change}`, { from: inputs, to: inputs, ops: ["same"], fields: [], ...told });
};

/** Tells what the engine says of the stack test. */
export function told(
  events: readonly EngineEvent[],
  { failed = false, findings }: { readonly failed?: boolean; readonly findings?: readonly Finding[] } = {},
) {
  const reader = new Events();
  for (const event of [...demo(steps), ...events]) reader.take(event);
  return tell("test", { ...reader.run(), failed }, findings);
}
