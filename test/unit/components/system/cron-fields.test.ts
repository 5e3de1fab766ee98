/** Schedules as Kubernetes takes them: its parser is robfig/cron, version 3. */
import { cronProblem } from "../../../../components/system/cron-fields";
import { cron } from "../../../../components/system/setting-values";

const listed = "*, or a list or steps of them";

test.each([
  ["0 4 * * 7", `the day of the week is 7, and must be 0-6 or sun-sat, ${listed}`],
  ["0 24 * * *", `the hour is 24, and must be 0-23, ${listed}`],
  ["*/0 * * * *", `the minute is */0, and must be 0-59, ${listed}`],
  ["60 * * * *", `the minute is 60, and must be 0-59, ${listed}`],
  ["0 0 0 * *", `the day of the month is 0, and must be 1-31, ${listed}`],
  ["0 0 1 13 *", `the month is 13, and must be 1-12 or jan-dec, ${listed}`],
  ["0 0 1 january *", `the month is january, and must be 1-12 or jan-dec, ${listed}`],
  ["0 0 * * 5-1", `the day of the week is 5-1, and must be 0-6 or sun-sat, ${listed}`],
  ["0 22-2 * * *", `the hour is 22-2, and must be 0-23, ${listed}`],
  ["1,,2 * * * *", `the minute is 1,,2, and must be 0-59, ${listed}`],
  ["*-5 * * * *", `the minute is *-5, and must be 0-59, ${listed}`],
  ["*/ * * * *", `the minute is */, and must be 0-59, ${listed}`],
  ["0 0 L * *", `the day of the month is L, and must be 1-31, ${listed}`],
  ["0 0 30 2 *", "the day 30 of the month 2 never comes"],
  ["0 0 31 4,6,9,11 *", "the day 31 of the month 4,6,9,11 never comes"],
])("%s is refused", (schedule, problem) => expect(cronProblem(schedule)).toBe(problem));

test.each(["@daily", "0 2 * *", "0 0 2 * * *", "0  2 * * *"])("%j has not five fields", (schedule) =>
  expect(cron.safeParse(schedule).error?.issues.map(({ message }) => message)).toEqual([
    "must be cron's five fields, such as 0 2 * * *",
  ]),
);

test.each([
  "0 2 * * *",
  "*/15 * * * *",
  "0 */6 * * *",
  "5/20 * * * *",
  "0-30/10,45 8-18 * * MON-fri",
  "30 3 3 1,4,7,10 *",
  "0 0 29 feb *",
  "0 0 31 * *",
  "0 0 30 2 1",
  "0 4 * * 0",
])("%s is taken", (schedule) => expect(cronProblem(schedule)).toBeUndefined());
