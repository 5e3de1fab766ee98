/** CSV: RFC 4180, and no field that a spreadsheet would take for a formula. */
import { csv } from "../../../../drills/history/csv";

const field = (value: string | number | boolean | null) => csv(["a"], [{ a: value }]);

test("a header, and lines that end with CR and LF", () =>
  expect(
    csv(
      ["a", "b"],
      [
        { a: "x", b: 1.5 },
        { a: null, b: false },
      ],
    ),
  ).toBe("a,b\r\nx,1.5\r\n,false\r\n"));

test.each([
  ["one, two", '"one, two"'],
  ['a "name"', '"a ""name"""'],
  ["two\nlines", '"two\nlines"'],
  ["two\r\nlines", '"two\r\nlines"'],
  ["plain", "plain"],
])("%j is quoted where RFC 4180 says so", (text, written) => expect(field(text)).toBe(`a\r\n${written}\r\n`));

test.each([
  ["=1+1", "'=1+1"],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "'\t=1"],
  ["\r=1", `"'\r=1"`],
  ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
])("%j is text, and no formula", (text, written) => expect(field(text)).toBe(`a\r\n${written}\r\n`));

test("a number keeps its sign", () => expect(field(-1)).toBe("a\r\n-1\r\n"));
