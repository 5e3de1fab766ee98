import { markdown } from "../../../../runbook/render/markdown";

test("a fence is longer than any within the text", () => {
  expect(markdown([{ kind: "code", language: "text", text: "```\nx\n```" }])).toBe("````text\n```\nx\n```\n````\n");
});

test("a bar within a cell does not end it", () => {
  expect(markdown([{ kind: "table", head: ["a"], rows: [["b|c"]] }])).toBe("| a    |\n| ---- |\n| b\\|c |\n");
});

test("links to files are resolved, and those within the document are not", () => {
  const text = "[a](../b.md#c) and [d](#e)";
  expect(markdown([{ kind: "text", text }], (address) => `x/${address}`)).toBe("[a](x/../b.md#c) and [d](#e)\n");
});
