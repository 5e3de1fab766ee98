/** Images of the operators, which have to be of the versions whose kinds are installed. */
import { collectResources } from "../../support/mocks";
import { read } from "../../support/read-stack";

beforeEach(() => void collectResources());

describe("the operators' images", () => {
  const operator = (image: string, changes: Record<string, string> = {}) =>
    read({ "runsheet:images": JSON.stringify({ cloudnativepgOperator: image }), ...changes });

  test("are of the versions whose kinds are installed", () => {
    const problems = [
      ["cloudnativepgOperator", "example/cloudnative-pg:1.29.1", "1.29.1", "1.30.0"],
      ["barmanPlugin", "example/plugin:v0.15.0", "0.15.0", "0.14.0"],
      ["barmanSidecar", "example/sidecar:v0.13.0@sha256:" + "0".repeat(64), "0.13.0", "0.14.0"],
    ].map(
      ([key, image, found, version]) =>
        `  - runsheet:images.${key}: ${image} has the version ${found}, but the operator's definitions and RBAC rules are of ${version}. Set an image of ${version}, or set runsheet:platform.install to false if the cluster has the operators`,
    );
    const images = {
      cloudnativepgOperator: "example/cloudnative-pg:1.29.1",
      barmanPlugin: "example/plugin:v0.15.0",
      barmanSidecar: "example/sidecar:v0.13.0@sha256:" + "0".repeat(64),
    };
    expect(() => read({ "runsheet:images": JSON.stringify(images) })).toThrow(
      ["the configuration of stack test has 3 problems; nothing was changed:", ...problems].join("\n"),
    );
  });

  test.each([
    "registry:5000/cloudnative-pg:1.30.0",
    "example/cloudnative-pg:1.30.0-debian12@sha256:" + "0".repeat(64),
    "example/cloudnative-pg:ours",
    "example/cloudnative-pg@sha256:" + "0".repeat(64),
  ])("may be %s", (image) => expect(operator(image).images.cloudnativepgOperator).toBe(image));

  test("are nobody's business where somebody else installs them", () =>
    expect(
      operator("example/cloudnative-pg:1.29.1", { "runsheet:platform": '{"install":false}' }).platform.install,
    ).toBe(false));
});
