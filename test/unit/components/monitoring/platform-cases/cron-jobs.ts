/** Series of CronJobs, as kube-state-metrics exports them. */
import { gauge, steady } from "../../../../support/alerts/levels";

export const succeeded = (cronjob: string) => `kube_cronjob_status_last_successful_time{cronjob="${cronjob}"}`;
export const begun = (cronjob: string) => `kube_cronjob_status_last_schedule_time{cronjob="${cronjob}"}`;
export const active = (cronjob: string) => `kube_cronjob_status_active{cronjob="${cronjob}"}`;

/** Last run of a CronJob that succeeded, and one 3940 seconds later that did not. */
export const lastRun = (cronjob: string) => ({
  [begun(cronjob)]: gauge(1000, 5000),
  [succeeded(cronjob)]: steady(1060),
  [active(cronjob)]: steady(0),
});
