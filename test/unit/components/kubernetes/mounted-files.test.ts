import * as pulumi from "@pulumi/pulumi";
import { MountedFiles, type Files } from "../../../../components/kubernetes/mounted-files";
import { collectResources, settled } from "../../../support/mocks";

const resolved = <T>(value: pulumi.Input<T>) => new Promise((resolve) => void pulumi.output(value).apply(resolve));

test("pinned files have a name of their content, and give paths back", async () => {
  const resources = collectResources();
  const one = MountedFiles.pinned("demo", "somewhere", { "deploy/one.sql": "SELECT 1" }, {});
  MountedFiles.pinned("demo-2", "somewhere", { "deploy/one.sql": "SELECT 2" }, {});
  await settled();
  const name = (index: number) => (resources[index]!.inputs.metadata as { name: string }).name;
  expect(name(0)).toMatch(/^demo-[0-9a-f]{10}$/);
  expect(name(0).slice(-10)).not.toBe(name(1).slice(-10));
  expect(resources[0]!.inputs).toMatchObject({ immutable: true, data: { "deploy__one.sql": "SELECT 1" } });
  expect(await resolved(one.volume)).toEqual({
    name: "files",
    configMap: { name: name(0), items: [{ key: "deploy__one.sql", path: "deploy/one.sql" }] },
  });
});

test("shared files are mounted alike, so that another's do not rerun a task", async () => {
  collectResources();
  const volumes = [{ a: "1" } as Files, { a: "2", b: "3" }].map(
    (files) => MountedFiles.shared("demo", "somewhere", files, {}).volume,
  );
  await settled();
  expect(volumes[0]).toEqual(volumes[1]);
});
