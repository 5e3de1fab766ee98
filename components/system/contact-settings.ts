/** People to ask when a system's runbook does not help. */
import { z } from "zod";

/** `SYSTEM:contacts`, which the rendered runbook lists. */
export const contacts = z
  .array(
    z.strictObject({
      role: z
        .string()
        .min(1)
        .meta({ description: "Role in the team's words.", examples: ["On-call engineer"] }),
      name: z
        .string()
        .min(1)
        .optional()
        .meta({ description: "Default: whoever has the role.", examples: ["Platform team"] }),
      reach: z
        .string()
        .min(1)
        .meta({
          description: "E-mail address, telephone number, channel or URL.",
          examples: ["on-call@example.com"],
        }),
      minutes: z
        .int()
        .min(1)
        .optional()
        .meta({
          description: "Minutes without an answer after which the next one is asked. Default: people judge it.",
          examples: [15],
        }),
    }),
  )
  .default([])
  .meta({
    description:
      "People to ask, in the order in which they are asked: the contacts and the escalation of the runbook that " +
      "`npm run runbook` renders. They are stored in the state in plain text.",
    examples: [
      [
        { role: "On-call engineer", reach: "on-call@example.com", minutes: 15 },
        { role: "Engineering lead", name: "Ada", reach: "+44 20 7946 0000" },
      ],
    ],
  });
