/** Log of the engine's events, as its writer leaves it. */
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventLog } from "../../../engine/event-log";

const directory = mkdtempSync(join(tmpdir(), "runsheet-event-log-"));
afterAll(() => rmSync(directory, { recursive: true }));

let file: string;
let log: EventLog;
let number = 0;

beforeEach(() => {
  file = join(directory, `${number++}.jsonl`);
  log = new EventLog(file);
});
afterEach(() => log.close());

const line = (sequence: number, timestamp = 1) => `${JSON.stringify({ sequence, timestamp })}\n`;
const read = () => {
  const { isNewRun, events } = log.read();
  return [isNewRun, events.map(({ sequence }) => sequence)];
};

test("a log that is not there yet has no events", () => expect(read()).toEqual([false, []]));

test("each event is read once", () => {
  writeFileSync(file, line(0) + line(1));
  expect(read()).toEqual([true, [0, 1]]);
  expect(read()).toEqual([false, []]);
  appendFileSync(file, line(2));
  expect(read()).toEqual([false, [2]]);
});

test("a last line that is half written is read once it is whole, also within a letter", () => {
  const whole = Buffer.from(`${JSON.stringify({ sequence: 7, message: "é" })}\n`);
  const half = whole.indexOf("é") + 1;
  writeFileSync(file, whole.subarray(0, half));
  expect(read()).toEqual([true, []]);
  appendFileSync(file, whole.subarray(half));
  expect(log.read()).toEqual({ isNewRun: false, events: [{ sequence: 7, message: "é" }] });
});

test("an emptied log is another run's", () => {
  writeFileSync(file, line(0) + line(1));
  read();
  truncateSync(file);
  expect(read()).toEqual([true, []]);
  appendFileSync(file, line(0, 2));
  expect(read()).toEqual([false, [0]]);
});

test("so is one that was emptied and has grown longer since", () => {
  writeFileSync(file, line(0));
  read();
  writeFileSync(file, line(0, 2) + line(1, 2) + line(2, 2));
  expect(read()).toEqual([true, [0, 1, 2]]);
});

test("one that is removed is read to its end, and one in its place is another run's", () => {
  writeFileSync(file, line(0));
  read();
  appendFileSync(file, line(1));
  rmSync(file);
  expect(read()).toEqual([false, [1]]);
  expect(read()).toEqual([false, []]);
  writeFileSync(file, line(0, 2));
  expect(read()).toEqual([true, [0]]);
});

test("a file that is no log is named, with its line", () => {
  writeFileSync(file, "Updating (test):\n");
  expect(() => log.read()).toThrow(`${file} is no log of pulumi up: it has the line Updating (test):`);
});
