/** Section about a step that fails: what holds for each. */
import { heading, list, text, type Block } from "./block";

export const failureTitle = "If a step fails";

export const failure: readonly Block[] = [
  heading(2, failureTitle),
  text(
    "The output of `up` ends with where each system stands: the step that stopped, what failed, and what is left on.",
  ),
  list([
    "What was done stays done. Nothing after the step is done.",
    "The error of `up` has the last lines of the task's log: the SQL error, or the check with what was expected and what came.",
    "Mend the cause, and run `up` again: it runs a failed task again, skips what is done, and continues from there.",
    "If the release is the cause, [go back to the one before](../recovery.md#go-back-to-an-earlier-release).",
    "If the data is, [restore the database](../recovery.md#restore-a-database).",
  ]),
];
