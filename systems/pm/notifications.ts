/** "Notify Stakeholders" and "Send Deployment Complete Notification", to a channel instead of four lists of people. */
import type * as pulumi from "@pulumi/pulumi";
import { AppSecrets } from "../../components/kubernetes/app-secrets";
import type { Environment } from "../../components/kubernetes/environment";
import { failureNotification } from "../../components/runbook/failure-notification";
import { literally } from "../../components/checks/literally";
import { notification } from "../../components/checks/notification";
import type { Step } from "../../components/runbook";
import type { Check } from "../../components/checks";
import { isTestedInMaintenance } from "./checks";
import type { PmSettings } from "./settings";

const webhook = { variable: "SLACK_WEBHOOK_URL", key: "pm:slackWebhookUrl" };

/** Variable with the webhook. The application does not get it: whoever has the address can write in the channel. */
export function webhookSecret(namespace: pulumi.Input<string>, url: pulumi.Input<string>, step: Step): Environment {
  const values = { [webhook.variable]: url };
  const secret = new AppSecrets("pm-notifications", { namespace, values }, { parent: step });
  return { [webhook.variable]: secret.key(webhook.variable) };
}

export const started = (settings: PmSettings): Check => {
  const { release, expectedDuration, dashboardUrl } = literally(settings);
  return notification(webhook, [
    "Deployment starting at ${NOW}",
    `Version: ${release}`,
    `Expected duration: ${expectedDuration}`,
    "Expected downtime: none, unless the schema changes: then the maintenance page",
    ...monitoring(dashboardUrl),
  ]);
};

export const succeeded = (settings: PmSettings): Check => {
  const { release, dashboardUrl, runbookUrl } = literally(settings);
  return notification(webhook, [
    "Deployment complete at ${NOW}",
    `Version: ${release}`,
    "Status: Success",
    ...monitoring(dashboardUrl),
    ...(runbookUrl ? [`Any issues: ${runbookUrl}`] : []),
  ]);
};

const monitoring = (url: string | undefined) => (url ? [`Monitoring: ${url}`] : []);

const watchName = "pm-watch";

/** Tells whether a resource is made after the maintenance mode is off. */
function isAfterMaintenance(resource: string, settings: PmSettings): boolean {
  const last = ["pm-accessible", watchName, "pm-notify-success"];
  const tests = ["pm-smoke-test", "pm-refresh-views", "pm-backlog-cleanup", "pm-scheduled-reports"];
  return [...last, ...(isTestedInMaintenance(settings) ? [] : tests)].includes(resource);
}

/** Message of a deployment that failed. The runbook leaves telling people to whoever notices. */
export function failed(settings: PmSettings, url: pulumi.Input<string>): pulumi.ErrorHook {
  const { release, dashboardUrl, runbookUrl } = settings;
  return failureNotification("pm", url, (resource, now, reasons) => [
    `Deployment failed at ${now}`,
    `Version: ${release}`,
    `Status: Failed in ${resource}. Nothing after it was done${isAfterMaintenance(resource, settings) ? "." : "; the maintenance mode, if it was on, stays on."}`,
    // The numbers by which the release is bad. Those of other steps may show an answer of the application.
    ...(resource === watchName ? reasons : []),
    ...monitoring(dashboardUrl),
    ...(runbookUrl ? [`What to do: ${runbookUrl}`] : []),
  ]);
}
