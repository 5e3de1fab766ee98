import type { Block } from "../../../../runbook/content/block";
import { html } from "../../../../runbook/render/html";

/** The part of a page after its head and the links to its parts. */
async function main(...blocks: readonly Block[]): Promise<string> {
  const page = await html({ title: "T", blocks: [{ kind: "heading", level: 2, text: "Part" }, ...blocks] }, (a) => a);
  return /<main>\n<h2 id="part">Part<\/h2>\n([^]*)\n<\/main>/.exec(page)![1]!;
}

test("a text is shown as it is, but for code, bold and links", async () => {
  const text = 'a < b & "c": `<id>`, **bold `x`**, [`in`](#here), [out](../recovery.md#there).';
  expect(await main({ kind: "text", text })).toBe(
    "<p>a &lt; b &amp; &quot;c&quot;: <code>&lt;id&gt;</code>, <strong>bold <code>x</code></strong>, " +
      '<a href="#here"><code>in</code></a>, out (<code>../recovery.md</code>).</p>',
  );
});

test("code, a list and a part to open", async () => {
  const blocks: Block[] = [
    { kind: "code", language: "sql", text: "SELECT '<b>'" },
    { kind: "list", items: ["one", "two"] },
  ];
  expect(await main({ kind: "folded", summary: "Task a&b", blocks })).toBe(
    "<details>\n<summary>Task a&amp;b</summary>\n<pre><code>SELECT '&lt;b&gt;'</code></pre>\n" +
      "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n</details>",
  );
});

test("a table has a head, and a name for those who scroll it", async () => {
  expect(await main({ kind: "table", head: ["step", "took"], rows: [["`a`", "1 s"]] })).toBe(
    '<div class="scroll" tabindex="0" role="region" aria-label="Table: step, took">\n<table>\n' +
      '<thead><tr><th scope="col">step</th><th scope="col">took</th></tr></thead>\n<tbody>\n' +
      "<tr><td><code>a</code></td><td>1 s</td></tr>\n</tbody>\n</table>\n</div>",
  );
});

test("the drawing is a picture with a description, whose steps are links", async () => {
  const drawing = {
    description: 'Two "steps"',
    steps: [
      { name: "a", title: "A & B", anchor: "1-a", after: [], isEmpty: false },
      { name: "b", title: "B", anchor: "2-b", after: ["a"], isEmpty: true },
    ],
  };
  const text = await main({ kind: "drawing", drawing });
  expect(text).toMatch(/^<figure>\n<svg role="group" aria-label="Two &quot;steps&quot;" width="\d+pt"/);
  expect(text.match(/<a [^>]*>/g)).toEqual([
    '<a href="#1-a" aria-label="a: A &amp; B">',
    '<a href="#2-b" aria-label="b: B">',
  ]);
  expect(text.match(/stroke-dasharray/g)).toHaveLength(1);
  expect(text).toContain("<figcaption>Two &quot;steps&quot; Those with a dashed line have nothing to do.</figcaption>");
});
