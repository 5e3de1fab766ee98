/** Queries that nothing in the lab can answer, by the reason. */
export const withoutAnswer: readonly { readonly reason: string; readonly queries: readonly string[] }[] = [
  {
    reason: "the lab's volumes are directories of the node, of which the kubelet has no statistics",
    queries: [
      ...["Size", "Free", "Used"].map((column) => `runsheet-platform: Volumes: ${column}`),
      "runsheet-platform: Free space: {{namespace}} {{persistentvolumeclaim}}",
      "pm-system-health: Disk space: {{persistentvolumeclaim}}",
    ],
  },
  {
    reason: "no system of the lab has a publicUrl",
    queries: ["Reached", "Time of an answer", "Certificate's remaining time"].map(
      (panel) => `runsheet-platform: ${panel}: {{instance}}`,
    ),
  },
  {
    reason: "the lab is younger than a day",
    queries: [
      "mued-rag-metrics: API P95 latency: limit: the day before, plus 50 %",
      "pm-user-activity: Requests beside the day before: the day before",
    ],
  },
  {
    reason: "MUED's containers have no memory limit there",
    queries: ["mued-rag-metrics: Memory: {{container}}"],
  },
];
