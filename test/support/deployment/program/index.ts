/** Two systems with steps that take their time. Their objects are rendered to files, so that no cluster is needed. */
import { Job } from "@pulumi/kubernetes/batch/v1";
import { ConfigMap, Secret } from "@pulumi/kubernetes/core/v1";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { setTimeout as sleep } from "node:timers/promises";
import { Runbook } from "../../../../components/runbook";
import { reportProgress } from "../../../../stack/summary";

const config = new pulumi.Config();
const release = config.require("release");
const password = config.requireSecret("password");
const failing = config.getBoolean("failing") ?? false;
const provider = new Provider("files", { renderYamlToDirectory: config.require("directory"), kubeconfig: "" });

const slow = new pulumi.ResourceHook("slow", () => sleep(Number(config.require("milliseconds"))));

class System extends pulumi.ComponentResource {
  readonly runbook: Runbook;

  constructor(name: string, title: string) {
    super("runsheet:index:Demo", name, {}, { providers: [provider] });
    this.runbook = new Runbook(name, { title }, { parent: this });
    this.registerOutputs({ namespace: name, release });
  }
}

/** Job that is another one for each release, as the tasks of the real systems are. */
const task = (name: string, parent: pulumi.Resource) =>
  new Job(
    name,
    {
      metadata: { name: `${name}-${release.replaceAll(".", "-")}`, namespace: "shop" },
      spec: {
        template: { spec: { containers: [{ name: "main", image: "node:22" }], restartPolicy: "Never" } },
      },
    },
    { parent, hooks: { beforeCreate: [slow] } },
  );

const { runbook: shop } = new System("shop", "Shop: Deployment");
shop.step("environment", { title: "Environment" }, (parent) => {
  new ConfigMap("shop-settings", { metadata: { name: "shop-settings" }, data: { name: "shop" } }, { parent });
});
shop.step("secrets", { title: "Secrets" }, (parent) => {
  new Secret("shop-secrets", { metadata: { name: "shop-secrets" }, stringData: { password } }, { parent });
  // The program writes the secret, too.
  password.apply((value) => pulumi.log.warn(`the password is ${value}`));
});
shop.step(
  "maintenance-on",
  { title: "Maintenance mode", leaves: { what: "maintenance mode", until: "maintenance-off" } },
  (parent) => task("shop-maintenance-on", parent),
);
shop.step("migrate", { title: "Database Migrations", revert: "schema.target" }, (parent) => {
  task("shop-migrate", parent);
  // No file can have this name, so the resource fails when it is written.
  if (failing) new ConfigMap("shop-broken", { metadata: { name: "no/such/directory" } }, { parent });
});
shop.step("cron", { title: "Cron Jobs" }, () => undefined);
shop.step("verify", { title: "Smoke tests", verify: "every page answers" }, (parent) => task("shop-verify", parent));
shop.step("maintenance-off", { title: "Maintenance mode off" }, (parent) => task("shop-maintenance-off", parent));

const { runbook: mail } = new System("mail", "Mail: Deployment");
mail.step("rollout", { title: "Roll out the workers" }, (parent) => task("mail-rollout", parent));
mail.step("verify", { title: "Send a message to ourselves" }, (parent) => task("mail-verify", parent));

void reportProgress([
  ["shop", shop],
  ["mail", mail],
]);
