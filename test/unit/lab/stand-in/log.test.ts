import { createLog, errorMessage, withoutPassword } from "../../../../lab/stand-in/core/log";

test("an event is one line of JSON that says it comes from a stand-in", () => {
  const lines: string[] = [];
  createLog({ system: "prism" }, (line) => lines.push(line))("started", { port: 3000, text: "a\nb" });
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain("\n");
  const expected = { event: "started", system: "prism", standIn: true, port: 3000, text: "a\nb" };
  expect(JSON.parse(lines[0]!)).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
    level: "info",
    ...expected,
  });
});

test("an event with an error has the level of one", () => {
  const lines: string[] = [];
  createLog({}, (line) => lines.push(line))("request failed", { error: "refused" });
  expect(JSON.parse(lines[0]!)).toMatchObject({ level: "error", event: "request failed", error: "refused" });
});

test.each([
  ["postgresql://app:p%40ss@host:5432/prism?sslmode=require", "postgresql://app:***@host:5432/prism?sslmode=require"],
  ["redis://:secret@host:6379", "redis://:***@host:6379"],
  ["postgresql://host/prism?user=a&password=secret", "postgresql://host/prism?user=a&password=***"],
  ["postgresql://app:p/w@host", "set, but not a URL"],
  [undefined, "not set"],
])("the password of %s is not shown", (url, shown) => {
  expect(withoutPassword(url)).toBe(shown);
});

test("an error without a message of its own is told by its causes or its code", () => {
  expect(errorMessage(new AggregateError([new Error("refused on ::1"), new Error("refused on 127.0.0.1")]))).toBe(
    "refused on ::1; refused on 127.0.0.1",
  );
  expect(errorMessage(Object.assign(new Error(""), { code: "ECONNRESET" }))).toBe("ECONNRESET");
});
