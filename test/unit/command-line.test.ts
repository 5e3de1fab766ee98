import { command, Misuse } from "../../command-line";

const { argv } = process;
let [said, failed]: [string[], string[]] = [[], []];

beforeEach(() => {
  [said, failed] = [[], []];
  jest.spyOn(console, "log").mockImplementation((line: string) => void said.push(line));
  jest.spyOn(console, "error").mockImplementation((line: string) => void failed.push(line));
  process.argv = ["node", "main.ts"];
});
afterEach(() => {
  jest.restoreAllMocks();
  process.argv = argv;
  process.exitCode = 0;
});

test.each(["--help", "-h"])("%s prints the help and does nothing else", async (option) => {
  process.argv.push("somewhere", option);
  const work = jest.fn(() => Promise.resolve());
  await command("the help", work);
  expect([said, failed, work.mock.calls.length]).toEqual([["the help"], [], 0]);
});

test("a wrong command line prints the error and the help, with the exit code 2", async () => {
  await command("the help", () => Promise.reject(new Misuse("expected one directory")));
  expect([said, failed, process.exitCode]).toEqual([[], ["expected one directory", "\nthe help"], 2]);
});

test("a failure prints the error alone, with the exit code 1", async () => {
  await command("the help", () => Promise.reject(new Error("the disk is full")));
  expect([said, failed, process.exitCode]).toEqual([[], ["the disk is full"], 1]);
});
