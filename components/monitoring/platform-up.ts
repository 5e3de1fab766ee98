/** Rows of an `up`: the tasks of the steps with their times, and the rollouts. */
import type { Row } from "./dashboard";
import { orZero, selected, since } from "./dashboard-queries";
import { shareOfPods } from "./dashboard-rows";

/** Jobs of a Task: its name and the hash of what defines it. The Jobs of a CronJob end in a number of minutes. */
const ofTasks = 'job_name=~".+-[0-9a-f]{10}"';

/** One value for each Job, whichever instance of kube-state-metrics it comes from. */
const ofJob = (metric: string, ...matchers: string[]) =>
  `max by (namespace, job_name) (${selected(metric, ofTasks, ...matchers)})`;

/** Times of the Jobs that were started in the period that is shown. */
const started = `(${ofJob("kube_job_status_start_time")} >= $__from / 1000)`;
const byJob = "on (namespace, job_name)";
const completed = ofJob("kube_job_status_completion_time");
const took = `${completed} - ${byJob} ${started}`;

/** Adds the name of the task, without the hash, and keeps nothing else of the Job. */
const byTask = (expression: string) =>
  `max by (namespace, task) (label_replace(${expression}, "task", "$1", "job_name", "(.+)-[0-9a-f]{10}"))`;

const condition = (metric: string) => ofJob(metric, 'condition="true"');

/** Outcomes of the Jobs: 1 done, 2 failed, and 0 for one that runs. */
const outcome = `(max by (namespace, job_name) (${condition("kube_job_complete")} or 2 * ${condition("kube_job_failed")} or 0 * ${ofJob("kube_job_info")}) and ${started})`;

/** Number of all Jobs: without it kube-state-metrics is missing. */
const jobs = `count(${ofJob("kube_job_info")})`;

/** Rows of the dashboard. */
export const upRows: readonly Row[] = [
  {
    title: "The up",
    panels: [
      {
        kind: "stat",
        title: "From the first task to the last",
        description: "Time from the start of each system's first task in this period to the end of its last.",
        unit: "seconds",
        queries: [
          {
            expression: `max by (namespace) (${completed} and ${started}) - on (namespace) min by (namespace) (${started})`,
            legend: "{{namespace}}",
          },
        ],
        width: 14,
      },
      {
        kind: "stat",
        title: "Tasks in this period",
        description: "Tasks that were started in this period.",
        unit: "count",
        queries: [{ expression: orZero(`count(${started})`, jobs), legend: "tasks" }],
        width: 5,
      },
      {
        kind: "stat",
        title: "Failed tasks",
        description: "Tasks of this period that have failed. The next up runs them again.",
        unit: "count",
        queries: [
          {
            expression: orZero(`count(${condition("kube_job_failed")} == 1 and ${started})`, jobs),
            legend: "failed",
          },
        ],
        thresholds: { bad: "above", critical: 1 },
        width: 5,
      },
    ],
  },
  {
    height: 14,
    panels: [
      {
        kind: "table",
        title: "Tasks",
        description:
          "Tasks that were started in this period, the latest first. A task's name begins with its system's and says its step.",
        unit: "seconds",
        labels: { namespace: "Namespace", task: "Task" },
        columns: [
          { expression: `1000 * ${byTask(started)}`, legend: "Started", unit: "date" },
          { expression: byTask(took), legend: "Took" },
          {
            expression: byTask(outcome),
            legend: "Outcome",
            unit: "state",
            states: { 0: "running", 1: "done", 2: "failed" },
            thresholds: { bad: "above", critical: 2 },
          },
        ],
        width: 14,
      },
      {
        kind: "bar gauge",
        title: "Longest tasks",
        description: "The ten tasks of this period that took longest.",
        unit: "seconds",
        queries: [{ expression: `topk(10, ${byTask(took)})`, legend: "{{task}}" }],
        minimum: 0,
      },
    ],
  },
  {
    title: "Over time",
    panels: [
      {
        kind: "timeseries",
        title: "Running tasks",
        description: "Tasks whose pods run. Systems run side by side.",
        unit: "count",
        queries: [
          {
            expression: `sum by (namespace) (${ofJob("kube_job_status_active")})`,
            legend: "{{namespace}}",
          },
        ],
        minimum: 0,
      },
      {
        kind: "timeseries",
        title: "Rollouts",
        description: "Share of each Deployment's pods that have the new release.",
        unit: "ratio",
        queries: [
          {
            expression: shareOfPods("kube_deployment_status_replicas_updated"),
            legend: "{{deployment}}",
          },
        ],
        minimum: 0,
        maximum: 1,
      },
      {
        kind: "bar gauge",
        title: "Time since the last task",
        description: "Time since each system's last task ended.",
        unit: "seconds",
        queries: [{ expression: since(`max by (namespace) (${completed})`), legend: "{{namespace}}" }],
        minimum: 0,
      },
    ],
  },
];
