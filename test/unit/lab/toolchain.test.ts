import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { toolKey, wrapper } from "../../../lab/toolchain/build";
import { Estimate } from "../../../lab/toolchain/estimate";
import { demandNewEnough } from "../../../lab/toolchain/go";
import { locked } from "../../../lab/toolchain/lock";
import { userPath } from "../../../lab/toolchain/pulumi";
import { recipe, recipes } from "../../../lab/toolchain/recipes";
import { cache, root } from "../../../lab/paths";

const remedy = "Install Go 1.26.6 or newer (https://go.dev/doc/install) and put its bin directory on PATH.";
const realPath = process.env.PATH as string;
let directory: string;
let log: jest.SpyInstance;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolchain-"));
  log = jest.spyOn(console, "log").mockImplementation(() => undefined);
});

afterEach(() => {
  log.mockRestore();
  process.env.PATH = realPath;
  delete process.env.XDG_CACHE_HOME;
  rmSync(directory, { recursive: true, force: true });
});

/** Toolchain with an empty cache. Its `go build` runs this shell script, which should create $out. */
function toolchain(build: string): typeof import("../../../lab/toolchain") {
  const bin = join(directory, "path");
  mkdirSync(bin);
  writeFileSync(
    join(bin, "go"),
    `#!/bin/bash
if [ "$1" = env ]; then echo go1.26.6; exit; fi
while [ "$1" != -o ]; do shift; done
out=$2
${build}
`,
  );
  chmodSync(join(bin, "go"), 0o755);
  process.env.PATH = `${bin}:${realPath}`;
  return withEmptyCache();
}

function withEmptyCache(): typeof import("../../../lab/toolchain") {
  process.env.XDG_CACHE_HOME = directory;
  jest.resetModules();
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- after the environment is set, and once for each test
  return require("../../../lab/toolchain") as typeof import("../../../lab/toolchain");
}

const binaries = () => readdirSync(join(directory, "runsheet/bin")).filter((name) => !name.startsWith("."));

describe("tool", () => {
  it("builds once, into a directory that is named after its content", async () => {
    const { tool } = toolchain(`echo "$PWD" >> ${join("$XDG_CACHE_HOME", "builds")}; echo made > "$out"`);
    const [first, second] = await Promise.all([tool("pause"), tool("pause")]);
    expect(first).toMatch(/\/runsheet\/bin\/pause-[0-9a-f]{16}$/);
    expect(second).toBe(first);
    expect(readFileSync(join(first, "pause"), "utf8")).toBe("made\n");
    expect(readFileSync(join(directory, "builds"), "utf8").trim().split("\n")).toHaveLength(1);
  });

  it("gives a binary the names that it is called by", async () => {
    const { tool } = toolchain(`echo made > "$out"`);
    expect(readdirSync(await tool("kubernetes")).sort()).toEqual([
      "kube-apiserver",
      "kube-controller-manager",
      "kube-proxy",
      "kube-scheduler",
      "kubectl",
      "kubelet",
      "kubernetes",
    ]);
  });

  it("says what failed and where the log is, leaves nothing half made, can be retried", async () => {
    const { tool } = toolchain(
      `[ -e "$XDG_CACHE_HOME/repaired" ] && echo made > "$out" && exit; touch "$out"; echo "main.go:3: undefined: x"; exit 1`,
    );
    const log = join(directory, "runsheet/logs/build-pause.log");
    const failure = (await tool("pause").catch((error: unknown) => error)) as Error;
    expect(failure.message).toBe(
      "pause could not be built. What was compiled before is kept: the next try continues there.\n" +
        `go build -trimpath -ldflags ended with 1 (all of its output: ${log}):\nmain.go:3: undefined: x`,
    );
    expect(binaries()).toEqual([]);
    writeFileSync(join(directory, "repaired"), "");
    expect(existsSync(join(await tool("pause"), "pause"))).toBe(true);
  });

  it("builds one tool after the other, and says how much is left", async () => {
    const { tools } = toolchain(
      `case $out in */pause) sleep 0.2;; esac; echo "$(basename "$out")" >> "$XDG_CACHE_HOME/order"; echo made > "$out"`,
    );
    await tools(["pause", "coredns", "kubernetes"]);
    expect(readFileSync(join(directory, "order"), "utf8")).toBe("pause\ncoredns\nkubernetes\n");
    const said = log.mock.calls.map(([line]) => line as string);
    expect(said[0]).toMatch(/^ {2}\.\.\. build pause \(about \d+ min of building left\)$/);
  });

  it("removes what a killed build left behind", async () => {
    const { tool } = toolchain(`echo made > "$out"`);
    mkdirSync(join(directory, "runsheet/bin/pause-0123456789abcdef.building/source"), { recursive: true });
    expect(binaries()).toHaveLength(1);
    await tool("pause");
    expect(binaries()).toEqual([expect.stringMatching(/^pause-[0-9a-f]{16}$/)]);
  });

  it("says what to do when there is no Go", async () => {
    const { tool } = withEmptyCache();
    process.env.PATH = join(directory, "nothing");
    await expect(tool("pause")).rejects.toThrow(
      `The lab's programs are built with Go, and there is no \`go\` on PATH. ${remedy}`,
    );
  });
});

describe("tools", () => {
  it("tells every failure and keeps what could be built", async () => {
    const { tools } = toolchain(`case $out in */pause) echo made > "$out";; *) exit 1;; esac`);
    await expect(tools(["pause", "coredns"])).rejects.toThrow("coredns could not be built.");
    expect(binaries()).toEqual([expect.stringMatching(/^pause-/)]);
  });
});

describe("the estimate", () => {
  const weights = { a: 600, b: 1200, c: 1200 };
  it("counts what every lab needs and what was asked for, at the recorded pace", () => {
    const estimate = new Estimate(weights, ["a", "b"]);
    expect(estimate.left("a", 0)).toBe("about 15 min of building left");
    estimate.ask("c");
    expect(estimate.left("a", 0)).toBe("about 25 min of building left");
    expect(estimate.left("a", 120)).toBe("about 23 min of building left");
  });
  it("is corrected by the builds that are done", () => {
    const estimate = new Estimate(weights, ["a", "b", "c"]);
    estimate.learn("a", 600);
    estimate.finish("a");
    expect(estimate.left("b", 0)).toBe("about 40 min of building left");
  });
  it("says nothing of less than a minute", () => {
    const estimate = new Estimate(weights, ["a"]);
    expect(estimate.left("a", 290)).toBeUndefined();
  });
});

describe("advice against building", () => {
  const path = (...programs: string[]) => {
    const bin = join(directory, "path");
    mkdirSync(bin);
    for (const program of programs) writeFileSync(join(bin, program), "");
    return bin;
  };
  it("names what makes clusters, and the command", () => {
    expect(withEmptyCache().withoutBuilding(path("kind", "docker"))).toBe(
      "The lab is built first, which takes 20 to 30 minutes. kind, docker found: with a cluster of your own and Pulumi installed, " +
        "`npm run up -- --context NAME` needs no build.",
    );
  });
  it("is not given without them, or when the lab's programs are there", () => {
    const { withoutBuilding } = withEmptyCache();
    const bin = path("kind");
    expect(withoutBuilding("/nowhere")).toBeUndefined();
    mkdirSync(join(directory, "runsheet/bin/pause-0123456789abcdef"), { recursive: true });
    expect(withoutBuilding(bin)).toBeUndefined();
  });
});

describe("Go's version", () => {
  it.each(["go1.26.6", "go1.26.10", "go1.27rc1", "go1.27.1", "go2.0", "devel go1.27-abcdef"])(
    "%s is new enough",
    (version) => {
      expect(demandNewEnough(version)).toBe(version);
    },
  );
  it.each(["go1.26.5", "go1.26", "go1.25.11", "go1.9"])("%s is too old", (version) => {
    const message = `The lab's programs need Go 1.26.6, and \`go\` on PATH is ${version}. ${remedy}`;
    expect(() => demandNewEnough(version)).toThrow(message);
  });
});

describe("a tool's key", () => {
  const key = (content: string, version = "go1.26.1") => {
    writeFileSync(join(directory, "go.mod"), content);
    return toolKey(directory, { binary: "x" }, version);
  };
  it("changes with the files and with Go, and with nothing else", () => {
    const keys = [key("module a"), key("module b"), key("module b", "go1.26.2"), key("module a")];
    expect(new Set(keys).size).toBe(3);
    expect(keys[3]).toBe(keys[0]);
  });
});

describe("recipes", () => {
  const file = (path: string) => readFileSync(join(root, path), "utf8");
  it.each(Object.keys(recipes))("%s has a module whose dependencies are pinned", (name) => {
    const module = wrapper(name);
    expect(readFileSync(join(module, "go.mod"), "utf8")).toMatch(
      new RegExp(`^module runsheet.invalid/lab/${basename(module)}$`, "m"),
    );
    expect(existsSync(join(module, "go.sum"))).toBe(true);
  });
  it("Pulumi and its provider report their versions, which docs/lab.md names", () => {
    const said = (name: "pulumi" | "provider-kubernetes") => Object.values(recipes[name].variables);
    expect([said("pulumi"), said("provider-kubernetes")]).toEqual([["v3.276.0"], ["4.25.0"]]);
    expect(file("lab/go/pulumi/go.mod")).toContain("github.com/pulumi/pulumi/pkg/v3 v3.276.0 ");
    // Pseudo-version of the release 4.25.0, which has no tag as a Go module.
    expect(file("lab/go/kubernetes/go.mod")).toContain("/provider/v4 v4.0.0-20260115033456-f47bc2d6f199\n");
    expect(file("docs/lab.md")).toContain("Pulumi is 3.276.0 and its Kubernetes provider 4.25.0");
  });
  it("has the bridged providers' schemas of the modules that they are built from", () => {
    const versions = file("lab/go/providers-bridged/generated/versions.txt").trim().split("\n");
    expect(versions).toHaveLength(3);
    for (const version of versions)
      expect(file("lab/go/providers-bridged/go.mod")).toMatch(new RegExp(`^\\t${version}( // indirect)?$`, "m"));
  });
  it("keeps a tool's key when its weight changes", () => {
    expect(recipe("coredns")).toEqual({ module: "kubernetes", package: "./coredns", binary: "coredns" });
  });
  it("names those there are when one is unknown", () => {
    expect(() => recipe("helm")).toThrow(/^There is no tool helm; there are pulumi, providers-bridged, /);
  });
});

describe("the lock", () => {
  it("lets one in at a time", async () => {
    const events: string[] = [];
    const one = async (name: string) => {
      events.push(`${name} in`);
      await sleep(100);
      events.push(`${name} out`);
    };
    const file = join(directory, "lock");
    await Promise.all([locked(file, "x", () => one("a")), locked(file, "x", () => one("b"))]);
    expect(events).toHaveLength(4);
    expect(events[1]).toBe(`${events[0]?.charAt(0)} out`);
  });
});

describe("what counts as installed", () => {
  it("is not what the lab itself put on PATH", () => {
    const path = `${cache}/bin/pulumi-0123456789abcdef:/usr/bin:/other/checkout/lab/language-host::/bin`;
    expect(userPath(path)).toEqual(["/usr/bin", "/bin"]);
  });
});
