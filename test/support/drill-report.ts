/** Reports of drills that tests read. */
import type { Report, SystemReport } from "../../drills/report";

export const systemReport = (more: Partial<SystemReport> = {}): SystemReport => ({
  system: "prism",
  rto: 60.5,
  rpo: 0,
  promised: { rto: 3600, rpo: 900 },
  loss: { acknowledged: 100, survived: 100, lost: 0, doubled: 0, rpoSeconds: 0 },
  restoredFrom: { kind: "archive of base backups and WAL", name: "prism-1", time: "2026-11-27T09:59:59.000Z" },
  verified: ["The rows were counted."],
  ...more,
});

export const commit = "95dc5e39a1b2c3d4e5f60718293a4b5c6d7e8f90";

export const drillReport = (more: Partial<Report> = {}): Report => ({
  version: 2,
  scenario: "point-in-time",
  title: "Disaster Recovery: point-in-time recovery",
  stack: "local",
  started: "2026-11-27T10:00:00.000Z",
  ended: "2026-11-27T10:02:00.000Z",
  runs: [{ began: "2026-11-27T10:00:00.000Z", by: "octocat", byFrom: "GITHUB_ACTOR", commit, clean: true }],
  steps: [
    { title: "write rows", begin: 0, end: 10 },
    { title: "restore", begin: 10, end: 70.5 },
  ],
  disaster: 10,
  recovered: 70.5,
  systems: [systemReport()],
  notes: [],
  ...more,
});

/** Report of the version that had none, as its file has it. */
export const firstReport = {
  scenario: "lost-cluster",
  title: "Disaster Recovery: database restore",
  stack: "local",
  started: "2026-10-01T08:00:00.000Z",
  steps: [{ title: "lose all of it", begin: 0, end: 90 }],
  disaster: 1,
  recovered: 61,
  promised: { rto: 3600, rpo: 900 },
  systems: [
    {
      system: "prism",
      rto: 60,
      rpo: null,
      loss: { acknowledged: 5, survived: 0, lost: 5, doubled: 0, rpoSeconds: null },
    },
    { system: "pm", rto: 60, rpo: 0, loss: { acknowledged: 5, survived: 5, lost: 0, doubled: 0, rpoSeconds: 0 } },
  ],
  notes: [],
};
