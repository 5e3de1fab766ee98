/** Series of CronJobs, as kube-state-metrics exports them. */
import { gauge, steady } from "../../../../support/alerts/levels";

const of = (metric: string) => (cronjob: string, pod?: string) =>
  `kube_cronjob_${metric}{cronjob="${cronjob}"${pod === undefined ? "" : `,pod="${pod}"`}}`;

/** Series of a CronJob. `pod` is that of kube-state-metrics. Default: none. */
export const succeeded = of("status_last_successful_time");
export const begun = of("status_last_schedule_time");
export const active = of("status_active");

/** Last run of a CronJob that succeeded, and one 3940 seconds later that did not. */
export const lastRun = (cronjob: string, pod?: string) => ({
  [begun(cronjob, pod)]: gauge(1000, 5000),
  [succeeded(cronjob, pod)]: steady(1060),
  [active(cronjob, pod)]: steady(0),
});
