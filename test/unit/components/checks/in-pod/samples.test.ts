import { missingSamples } from "../../../../../components/checks/in-pod/samples";

const exposition = `# HELP up Whether it is up.
# TYPE up gauge
up 1
# TYPE answers counter
answers{status="200"} 3
# TYPE duration histogram
duration_bucket{le="+Inf"} 3
# HELP idle Only described.
# TYPE idle gauge
uptime 5
`;

test("a metric is there when it has a sample, by its name or with its value", () => {
  expect(missingSamples(exposition, ["up", "up 1", "answers", "duration"])).toEqual([]);
});

test("not one that is only described, has another value, or is a prefix", () => {
  expect(missingSamples(exposition, ["idle", "up 0", "upt", "answer", "up"])).toEqual([
    "idle",
    "up 0",
    "upt",
    "answer",
  ]);
});
