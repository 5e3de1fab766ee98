/** Dashboard of "MUED LMS v2 - RAG Metrics and Data Provenance": the daily metrics with their objectives. */
import type { ChartPanel, Dashboard, Row } from "../../components/monitoring/dashboard";
import { databaseRow, podsRow } from "../../components/monitoring/dashboard-rows";
import { perSecond, selected } from "../../components/monitoring/dashboard-queries";
import { productionRow } from "./dashboard-production";
import type { MuedSettings } from "./settings";

/** Objectives of "SLO Compliance". */
export type MuedObjectives = MuedSettings["slo"];

/** Objectives of a stack that names none, as in settings.ts: the checklist names no figures. */
const usual: MuedObjectives = { citationRate: 70, latencyP50Milliseconds: 1500, costPerAnswer: 3 };

/** Returns the dashboard of MUED. */
export const muedDashboards = (namespace: string, objectives: MuedObjectives = usual): readonly Dashboard[] => [
  {
    uid: "mued-rag-metrics",
    title: "MUED LMS: RAG metrics",
    description: "Phase 3: Batch Job Testing, with its SLO Compliance, and Production Monitoring (24 hours).",
    tags: ["mued"],
    namespaces: [namespace],
    hours: 24,
    rows: [figures(objectives), overTime(objectives), productionRow, databaseRow, podsRow],
  },
];

const latest = (figure: string) => `max(${selected(`mued_rag_${figure}`)})`;

/** Panels of the three objectives, which are shown as figures and over time. */
function objectivePanels(
  slo: MuedObjectives,
): Pick<ChartPanel, "title" | "description" | "unit" | "queries" | "thresholds">[] {
  return [
    {
      title: "Citation rate",
      description: `Share of the latest day's answers with a citation. The objective is at least ${slo.citationRate} %.`,
      unit: "percent",
      queries: [{ expression: latest("citation_rate"), legend: "citation rate" }],
      thresholds: { bad: "below", critical: slo.citationRate },
    },
    {
      title: "Median latency",
      description: `latency_p50_ms of the latest day. The objective is at most ${slo.latencyP50Milliseconds} ms.`,
      unit: "milliseconds",
      queries: [{ expression: `1000 * ${latest("latency_p50_seconds")}`, legend: "p50" }],
      thresholds: { bad: "above", critical: slo.latencyP50Milliseconds },
    },
    {
      title: "Cost per answer",
      description: `Mean cost of the latest day's answers. The objective is at most ${slo.costPerAnswer} JPY.`,
      unit: "yen",
      queries: [{ expression: latest("cost_per_answer_jpy"), legend: "cost" }],
      thresholds: { bad: "above", critical: slo.costPerAnswer },
    },
  ];
}

function figures(objectives: MuedObjectives): Row {
  const [citations, latency, cost] = objectivePanels(objectives).map((panel) => ({
    ...panel,
    kind: "stat" as const,
    width: 5,
  }));
  return {
    title: "SLO Compliance",
    panels: [
      {
        kind: "stat",
        title: "Objectives",
        description: "overallMet: whether the latest day met all its objectives.",
        unit: "state",
        queries: [{ expression: `min(${selected("mued_rag_slo_met")})`, legend: "overallMet" }],
        thresholds: { bad: "below", critical: 1 },
        states: { 0: "missed", 1: "met" },
        width: 4,
      },
      citations!,
      latency!,
      cost!,
      {
        kind: "stat",
        title: "Age of the metrics",
        description: "Time since the batch job has calculated a day first. It runs every night.",
        unit: "seconds",
        queries: [{ expression: latest("metrics_age_seconds"), legend: "age" }],
        thresholds: { bad: "above", warning: 26 * 3600, critical: 50 * 3600 },
        width: 5,
      },
    ],
  };
}

function overTime(objectives: MuedObjectives): Row {
  const [citations, latency, cost] = objectivePanels(objectives).map((panel) => {
    return { ...panel, title: `${panel.title} over time`, kind: "timeseries" as const, minimum: 0 };
  });
  const answers: ChartPanel = {
    kind: "timeseries",
    title: "Answers",
    description: "Questions that were answered and logged in ai_dialogue_log.",
    unit: "per second",
    queries: [{ expression: perSecond("mued_chat_answers_total"), legend: "answers" }],
    minimum: 0,
  };
  return { panels: [citations!, latency!, cost!, answers] };
}
