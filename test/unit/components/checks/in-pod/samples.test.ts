import type { Sample } from "../../../../../components/checks";
import { missingSamples } from "../../../../../components/checks/in-pod/samples";

const exposition = `# HELP up Whether it is up.
# TYPE up gauge
up 1.0
# TYPE answers counter
answers{status="200",path="/a b"} 3 1395066363000
answers{status="500",path="C:\\\\x \\"y\\""} 0
# TYPE duration histogram
duration_bucket{route="/a",le="0.5"} 2
duration_bucket{route="/a",le="+Inf"} 3 # {trace_id="abc"} 0.67 1520879607.789
duration_sum{route="/a"} 1.2
duration_count{route="/a"} 3
# TYPE size summary
size_sum{route="/a"} 9
size_count{route="/a"} 2
# TYPE lone counter
lone_count 2
# HELP idle Only described.
# TYPE idle gauge
uptime 5e3\r
load NaN
room +Inf
odd{ a = "1" , } 3
nothing here
`;

test.each<Sample>([
  { metric: "up" },
  { metric: "up", value: 1 },
  { metric: "uptime", value: 5000 },
  { metric: "load" },
  { metric: "room" },
  { metric: "answers" },
  { metric: "answers", labels: { status: "200" }, value: 3 },
  { metric: "answers", labels: { path: "/a b", status: "200" } },
  { metric: "answers", labels: { path: 'C:\\x "y"' }, value: 0 },
  { metric: "duration", labels: { route: "/a" } },
  { metric: "duration_bucket", labels: { le: "+Inf" }, value: 3 },
  { metric: "duration_count", value: 3 },
  { metric: "idle", orDescribed: true },
  { metric: "size" },
  { metric: "size", labels: { route: "/a" } },
])("%j is there", (sample) => expect(missingSamples(exposition, [sample])).toEqual([]));

test.each<[Sample, string]>([
  [{ metric: "idle" }, "idle"],
  [{ metric: "up", value: 0 }, "up 0"],
  [{ metric: "upt" }, "upt"],
  [{ metric: "size", labels: { route: "/b" } }, 'size{route="/b"}'],
  [{ metric: "size", value: 2 }, "size 2"],
  [{ metric: "lone" }, "lone"],
  [{ metric: "answer" }, "answer"],
  [{ metric: "gone", orDescribed: true }, "gone"],
  [{ metric: "nothing" }, "nothing"],
  [{ metric: "load", value: 1 }, "load 1"],
  [{ metric: "answers", labels: { status: "200" }, value: 0 }, 'answers{status="200"} 0'],
  [{ metric: "duration", labels: { route: "/b" } }, 'duration{route="/b"}'],
])("%j is missing", (sample, shown) => expect(missingSamples(exposition, [sample])).toEqual([shown]));

test("what is no exposition has no sample", () => {
  expect(missingSamples("<html><body>up 1</body></html>", [{ metric: "up" }])).toEqual(["up"]);
  expect(missingSamples('{"up":1}', [{ metric: "up" }])).toEqual(["up"]);
});
