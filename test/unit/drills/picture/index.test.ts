/** Picture of a drill: texts, bars and lines, and where they are. */
import { timelinePicture } from "../../../../drills/picture";
import { broken, left, right, width } from "../../../../drills/picture/frame";
import type { Report } from "../../../../drills/report";
import { drillReport, systemReport } from "../../../support/drill-report";

/** Texts of a picture with their place and alignment. */
function textsOf(svg: string) {
  return [...svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)].map(([, attributes = "", text = ""]) => {
    const [, x, y] = /transform="translate\(([\d.-]+) ([\d.-]+)\)"/.exec(attributes) ?? [];
    const [, plainX] = / x="([\d.-]+)"/.exec(` ${attributes}`) ?? [];
    const [, plainY] = / y="([\d.-]+)"/.exec(` ${attributes}`) ?? [];
    const [, anchor = "start"] = /text-anchor="(\w+)"/.exec(attributes) ?? [];
    const place = { x: Number(x ?? 0) + Number(plainX ?? 0), y: Number(y ?? 0) + Number(plainY ?? 0) };
    return { text, anchor, ...place };
  });
}

const find = (svg: string, text: string) => textsOf(svg).find((each) => each.text === text)!;
const moments = (disaster: number, recovered: number, more: Partial<Report> = {}) =>
  timelinePicture(drillReport({ disaster, recovered, ...more }));

test("the picture says in words what it shows", () => {
  const words =
    "point-in-time, stack local: 2 steps, of which 1 failed; disaster at 10.0 s, recovered at 70.5 s; " +
    "prism: RTO 60.5 s of 60 min 0 s, RPO unknown of 15 min 0 s, missed";
  const steps = [
    { title: "write rows", begin: 0, end: 10 },
    { title: "restore", begin: 10, end: 70.5, error: "no backup" },
  ];
  const svg = timelinePicture(drillReport({ steps, systems: [systemReport({ rpo: Infinity })] }));
  expect(svg).toContain(`<title>${words}</title>`);
  expect(svg).toContain(`role="img" aria-label="${words}"`);
});

test("each step has its whole title, escaped, and its duration; a failed one says so", () => {
  const title = 'discard <prism> & "pm", which nobody needs any more, and note it (pulumi up)';
  const steps = [
    { title, begin: 0, end: 10 },
    { title: "restore", begin: 10, end: 70.5, error: "no backup" },
  ];
  const texts = textsOf(timelinePicture(drillReport({ steps }))).map(({ text }) => text);
  expect(texts).toEqual(
    expect.arrayContaining([
      "discard &lt;prism&gt; &amp; &quot;pm&quot;, which nobody needs any",
      "more, and note it (pulumi up)",
      "10.0 s",
      "failed after 60.5 s",
    ]),
  );
});

test.each([
  [10, 70.5],
  [30, 31],
  [10, 10],
  [0, 1],
  [70, 70.5],
])("the labels of %d s and %d s end and begin at their lines", (disaster, recovered) => {
  const svg = moments(disaster, recovered);
  const [first, second] = [`disaster at ${disaster.toFixed(1)} s`, `recovered at ${recovered.toFixed(1)} s`];
  const [before, after] = [find(svg, first), find(svg, second)];
  expect([before.anchor, after.anchor]).toEqual(["end", "start"]);
  expect(before.x).toBeLessThan(after.x);
  expect(before.y).toBe(after.y);
  // A letter is less than 9 pixels wide.
  expect(before.x - 9 * first.length).toBeGreaterThan(0);
  expect(after.x + 9 * second.length).toBeLessThan(width);
});

test("a recovery before the disaster, by clocks that differ, has the left label", () => {
  const svg = moments(31, 30);
  expect(find(svg, "recovered at 30.0 s").anchor).toBe("end");
  expect(find(svg, "disaster at 31.0 s").anchor).toBe("start");
});

test("each system has its figures against what is promised", () => {
  const systems = [systemReport(), systemReport({ system: "pm", rpo: Infinity, promised: { rto: 60, rpo: 0 } })];
  const texts = textsOf(timelinePicture(drillReport({ systems }))).map(({ text }) => text);
  expect(texts).toEqual(
    expect.arrayContaining([
      ...["prism: RTO 60.5 s of 60 min 0 s", "prism: RPO 0.0 s of 15 min 0 s"],
      ...["pm: RTO 60.5 s of 60.0 s", "pm: RPO unknown of 0.0 s", "promised"],
    ]),
  );
  expect(texts.filter((text) => text === "met")).toHaveLength(2);
  expect(texts.filter((text) => text === "missed")).toHaveLength(2);
});

test("rows over time are drawn where the report has them", () => {
  const rows = { begin: 1, seconds: 2, acknowledged: [10, 20], lost: [0, 5] };
  const text = "prism: rows by 2 s; 30 acknowledged, 5 of them lost (red)";
  expect(find(timelinePicture(drillReport({ systems: [systemReport({ rows })] })), text)).toBeDefined();
  expect(timelinePicture(drillReport())).not.toContain("acknowledged");
});

test("a title is broken between words, and a word that is longer than a line within it", () => {
  expect(broken("find the live database")).toBe("find the live database");
  expect(broken(`discard prism-${"x".repeat(50)} (pulumi up)`).split("\n")).toEqual([
    "discard",
    `prism-${"x".repeat(40)}`,
    `${"x".repeat(10)} (pulumi up)`,
  ]);
  // A letter is at most about 7 pixels wide on average.
  expect(46 * 7).toBeLessThan(left - 10);
  expect("failed after 999 min 59 s".length * 7).toBeLessThan(right);
});
