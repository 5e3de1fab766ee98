import { installed, packageKey } from "../../../lab/packages";

const bookworm = 'VERSION_ID="12"\n';

test("unpacked packages have one name, in whatever order they are asked for", () => {
  expect(packageKey(["runc", "containerd"], bookworm, "x64")).toBe(packageKey(["containerd", "runc"], bookworm, "x64"));
});

test("another package, release or architecture has another name", () => {
  const keys = [
    packageKey(["runc"], bookworm, "x64"),
    packageKey(["runc", "containerd"], bookworm, "x64"),
    packageKey(["runc"], 'VERSION_ID="13"\n', "x64"),
    packageKey(["runc"], bookworm, "arm64"),
  ];
  expect(new Set(keys).size).toBe(4);
});

test("what is missing is not installed without root, and the message says so", async () => {
  jest.spyOn(process, "getuid").mockReturnValue(1000);
  await expect(installed(["runsheet-there-is-no-such-package"])).rejects.toThrow(
    "The lab needs root (namespaces, cgroups, apt-get): start it as root, or with sudo.",
  );
  jest.restoreAllMocks();
});
