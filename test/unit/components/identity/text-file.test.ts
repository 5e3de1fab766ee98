import { decoded, isLeftBehind } from "../../../../components/identity/text-file";

test.each([
  ["Latin-1", Buffer.from("a\nM\u00fcller", "latin1"), "byte 0xFC at position 3, in line 2"],
  ["UTF-16 of Windows", Buffer.from("\uFEFFSELECT 1;", "utf16le"), "byte 0xFF at position 0, in line 1"],
  ["a character that is cut off", Buffer.from([0x61, 0xe2, 0x82]), "byte 0xE2 at position 1, in line 1"],
])("%s is refused with the byte", (_, bytes, where) =>
  expect(() => decoded(bytes, "a.sql")).toThrow(`a.sql is not UTF-8: ${where}. Save it as UTF-8`),
);

test.each([
  ["UTF-16 without a mark", Buffer.from("SELECT 1;", "utf16le"), "position 1, in line 1"],
  ["a NUL", Buffer.from("SELECT 1;\n\0"), "position 10, in line 2"],
])("%s is refused as what it is", (_, bytes, where) =>
  expect(() => decoded(bytes, "a.sql")).toThrow(
    `a.sql has a NUL byte at ${where}, which PostgreSQL takes nowhere: remove it, or save the file as UTF-8 if it is UTF-16`,
  ),
);

test("every character of UTF-8 is taken, also the one that stands for a broken one", () =>
  expect(decoded(Buffer.from("Müller 日本 😀 \uFFFD"), "a.sql")).toBe("Müller 日本 😀 \uFFFD"));

test.each([
  "a.sql~",
  ".a.sql.swp",
  "deploy/a.sql.swo",
  "#a.sql#",
  ".DS_Store",
  "a.sql.orig",
  "a.sql.rej",
  ".git/config",
  "x/._a.sql",
])("%s was left behind", (path) => expect(isLeftBehind(path)).toBe(true));

test.each(["a.sql", "deploy/a.b.sql", "original.sql", "a#1.sql", "sqitch.conf"])("%s is meant", (path) =>
  expect(isLeftBehind(path)).toBe(false),
);
