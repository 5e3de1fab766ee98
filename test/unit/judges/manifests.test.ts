/** The objects in the golden files. */
import { manifestsOf } from "../../judges/manifests";

const secret = "4dabf18193072939515e22adb298388d";
const resource = (type: string, inputs: object) => ({ type, name: "demo", inputs: inputs as Record<string, unknown> });

test("objects of Kubernetes alone are judged, without what Pulumi puts around secrets", () => {
  const stringData = { [secret]: "1b47061264138c4ac30d75fd1eb44270", value: { password: "<generated>" } };
  const object = { apiVersion: "v1", kind: "Secret", metadata: { name: "demo" } };
  expect(
    manifestsOf([
      resource("kubernetes:core/v1:Secret", { ...object, stringData }),
      resource("kubernetes:helm.sh/v3:Release", { chart: "./kinds" }),
      resource("random:index/randomId:RandomId", { byteLength: 4 }),
    ]),
  ).toEqual([{ ...object, stringData: { password: "<generated>" } }]);
});
