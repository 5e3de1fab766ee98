import { podOf } from "../../../../runbook/content/pods";
import { encrypted } from "../../../support/runbook/small-system";

test("what is encrypted in the state is no command, no variable and no file", () => {
  const configMap = {
    metadata: { name: "files", namespace: "demo" },
    data: { "a.sql": encrypted, "b.sql": "SELECT 1" },
  };
  const graph = [
    { ...{ urn: "x", type: "kubernetes:core/v1:ConfigMap", name: "files" }, inputs: configMap, outputs: {} },
  ];
  const containers = [{ command: ["sh", encrypted], env: [{ name: "CHECKS", value: encrypted }] }];
  const volumes = [{ name: "files", projected: { sources: [{ configMap: { name: "files" } }] } }];
  expect(podOf({ containers, volumes }, graph, "demo")).toEqual({
    containers: [{ command: ["sh", "[secret]"], environment: {} }],
    files: { "/runsheet/b.sql": "SELECT 1" },
  });
  expect(podOf(encrypted, graph, "demo")).toEqual({ containers: [], files: {} });
});

test("files of another namespace are not those of the pod", () => {
  const inputs = { metadata: { name: "files", namespace: "other" }, data: { "a.sql": "SELECT 1" } };
  const graph = [{ ...{ urn: "x", type: "kubernetes:core/v1:ConfigMap", name: "files" }, inputs, outputs: {} }];
  expect(podOf({ volumes: [{ configMap: { name: "files" } }] }, graph, "demo").files).toEqual({});
});

test("a command is shown without the shell that hands its error on", () => {
  const wrapped = ["sh", "-c", `"$@" 2>/before/errors`, "sh", "sh", "/runsheet/dump.sh", "name"];
  const plain = ["sh", "-c", "psql && echo done"];
  const containers = [{ command: wrapped }, { command: plain }];
  expect(podOf({ containers }, [], "demo").containers.map(({ command }) => command)).toEqual([
    ["sh", "/runsheet/dump.sh", "name"],
    plain,
  ]);
});
