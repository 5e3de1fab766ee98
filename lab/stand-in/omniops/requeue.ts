/**
 * Script of "Phase 4 Deployment Guide: Scenario 2: Redis Failure": puts jobs that Redis lost back into the queue. The
 * database records each analysis that is due. A failed job is tried again, three times at most.
 */
import type { Script } from "../core/script";
import { queues } from "./settings";

const batchSize = 1_000;

/** Query of the analyses that are due. It skips pending ones of the last minute, which may be about to be queued. */
const selectDue = `SELECT id, message_id AS "messageId", created_at::text AS "createdAt" FROM sentiment_analysis
  WHERE status <> 'completed' AND (created_at, id) > ($1::timestamptz, $2::uuid)
    AND (status = 'pending' AND created_at < now() - interval '1 minute' OR status = 'failed' AND attempts < 3)
  ORDER BY created_at, id LIMIT ${batchSize}`;

interface Due {
  id: string;
  messageId: string;
  createdAt: string;
}

export const requeue: Script = {
  summary: "Puts analyses that are due, and neither wait nor are being worked on, back into the queue.",
  flags: {},
  needs: ["database", "redis"],
  async run({ database, queue, progress }) {
    const jobs = queue(queues.sentiment);
    let [after, id] = ["-infinity", "00000000-0000-0000-0000-000000000000"];
    let [seen, requeued] = [0, 0];
    for (;;) {
      // The queue is read before the database, so that a job that completes in between is not taken for lost.
      const present = await jobs.present();
      const due = await database.query<Due>(selectDue, [after, id]);
      const last = due[due.length - 1];
      if (!last) return { requeued, alreadyQueued: seen - requeued };
      const lost = due.filter(({ messageId }) => !present.has(messageId));
      requeued += await jobs.addMissing(new Map(lost.map(({ messageId }) => [messageId, { messageId }])));
      seen += due.length;
      progress(`${seen} looked at, ${requeued} put back`);
      [after, id] = [last.createdAt, last.id];
    }
  },
};
