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

/** Task that deploys all changes up to one, in one transaction unless `mode` says otherwise. */
export const whole = (from: string | undefined, to: string | undefined, mode = "deploy-together"): EngineEvent[] => {
  const command = (change: string) => ["sh", "migrate.sh", mode, "demo", change];
  const inputs = (change: string | undefined) =>
    change === undefined
      ? {}
      : { spec: { template: { spec: { containers: [{ name: "main", command: command(change) }] } } } };
  const ops = from === undefined ? ["create" as const] : to === undefined ? ["delete" as const] : ["replace" as const];
  const fields = ["metadata.name", ...(from === to ? [] : ["spec.template.spec.containers[0].command[4]"])];
  return task("migrate", `demo-migrate-${mode.replace("deploy-", "")}`, {
    from: inputs(from),
    to: inputs(to),
    ops,
    fields,
  });
};

/** ConfigMap with the files of the Sqitch project. */
export const project = (
  from: Readonly<Record<string, string>>,
  to: Readonly<Record<string, string>>,
): EngineEvent[] => {
  const data = (files: Readonly<Record<string, string>>): { data: Readonly<Record<string, string>> } => ({
    data: Object.fromEntries(
      Object.entries(files).map(([path, text]) => [`project__${path.replace("/", "__")}`, text]),
    ),
  });
  const [before, after] = [data(from), data(to)];
  const fields = Object.keys({ ...before.data, ...after.data }).filter((key) => before.data[key] !== after.data[key]);
  const told = { type: types.configMap, name: "demo-project", ops: ["update" as const] };
  const paths = fields.map((key) => `data["${key}"]`);
  return within("environment", { ...told, from: before, to: after, fields: paths });
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
