import { toCsv } from "../../../../lab/stand-in/pm/csv";

const cell = (text: string | null) => toCsv(["a", "b"], [{ a: text, b: "x" }]).slice("a,b\r\n".length, -4);

test("a line of names, then a line for each row", () => {
  const rows = [
    { a: "1", b: new Date("2026-02-24T10:00:00Z"), c: null },
    { a: "2", b: new Date("2026-02-24T10:00:00.5Z"), c: "x" },
  ];
  expect(toCsv(["a", "b", "c"], rows)).toBe("a,b,c\r\n1,2026-02-24T10:00:00.000Z,\r\n2,2026-02-24T10:00:00.500Z,x\r\n");
  expect(toCsv(["a", "b"], [])).toBe("a,b\r\n");
});

test.each([
  ["plain text", "plain text"],
  ["a,b", '"a,b"'],
  ['say "yes"', '"say ""yes"""'],
  ["two\nlines", '"two\nlines"'],
  ["two\r\nlines", '"two\r\nlines"'],
  ["", ""],
  [null, ""],
  ["über", "über"],
  ["5-3=2", "5-3=2"],
])("%j becomes %s", (text, expected) => {
  expect(cell(text)).toBe(expected);
});

test.each([
  ["=1+1", "'=1+1"],
  ["+49 30", "'+49 30"],
  ["-1", "'-1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "'\t=1"],
  ["\r=1", `"'\r=1"`],
  ["\n=1", `"'\n=1"`],
  ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
])("the formula %j becomes the text %s", (text, expected) => {
  expect(cell(text)).toBe(expected);
});
