/** Schedules that delete backups: they wait for restores, with the right to see them. */
import { afterRestores } from "../../../../components/postgres/retention";
import { Schedule } from "../../../../components/kubernetes/schedule";
import { collectResources, settled } from "../../../support/mocks";

interface Container {
  readonly image: string;
  readonly command: string[];
  readonly env: { name: string; value?: string }[];
  readonly volumeMounts: { mountPath: string }[];
}

async function made() {
  const resources = collectResources();
  const deletes = { namespace: "demo", image: "barman", command: ["delete"], node: "node:22", cron: "45 0 * * *" };
  new Schedule("demo-retention", afterRestores("demo-retention", deletes, {}));
  await settled();
  return (type: string) => resources.filter((each) => each.type.endsWith(`:${type}`)).map(({ inputs }) => inputs);
}

test("nothing is deleted before the wait has ended, and not if it failed", async () => {
  const [cronJob] = (await made())("CronJob") as unknown as {
    spec: {
      schedule: string;
      jobTemplate: {
        spec: {
          activeDeadlineSeconds: number;
          template: { spec: Record<"initContainers" | "containers", Container[]> };
        };
      };
    };
  }[];
  expect(cronJob!.spec.schedule).toBe("45 0 * * *");
  const { activeDeadlineSeconds, template } = cronJob!.spec.jobTemplate.spec;
  expect(activeDeadlineSeconds).toBe(13 * 3600);
  const [[wait], [main]] = [template.spec.initContainers, template.spec.containers];
  expect(wait!.image).toBe("node:22");
  expect(wait!.command.slice(-2)).toEqual(["node", "/runsheet/until-no-restore.cjs"]);
  expect(wait!.env).toContainEqual({ name: "SECONDS", value: "43200" });
  expect(main!.image).toBe("barman");
  expect(main!.command.join(" ")).toContain("exit 1");
  expect(main!.command.slice(-1)).toEqual(["delete"]);
});

test("the wait has the account's token, and what deletes has none", async () => {
  const [cronJob] = (await made())("CronJob") as unknown as {
    spec: { jobTemplate: { spec: { template: { spec: Record<"initContainers" | "containers", Container[]> } } } };
  }[];
  const { initContainers, containers } = cronJob!.spec.jobTemplate.spec.template.spec;
  const token = ({ volumeMounts }: Container) =>
    volumeMounts.some(({ mountPath }) => mountPath === "/var/run/secrets/kubernetes.io/serviceaccount");
  expect([initContainers.map(token), containers.map(token)]).toEqual([[true], [false]]);
});

test("its account lists Jobs and Clusters, and may do nothing else", async () => {
  const [role] = (await made())("Role");
  expect(role!.rules).toEqual([
    { apiGroups: ["batch"], resources: ["jobs"], verbs: ["list"] },
    { apiGroups: ["postgresql.cnpg.io"], resources: ["clusters"], verbs: ["list"] },
  ]);
});
