/** Cluster of a stack and owners of its namespaces: cases that are refused before anything is changed. */
import { hasSystem, refuseForeignNamespaces, refuseOtherCluster, type Claim } from "../../../stack/cluster";
import type { ConfiguredSystem } from "../../../stack/configured-system";
import { claimsOf, guestsOf, namespaceProblems, namespacesBefore, refuseMoves } from "../../../stack/namespaces";
import { readerOf, uid } from "../../support/cluster-reader";

const other = "99999999-8888-7777-6666-555555555555";
const owner = { project: "runsheet", stack: "staging" };
const labels = (project: string, stack: string) => ({ "runsheet/project": project, "runsheet/stack": stack });
const namespace = (name: string, of: Record<string, string> = {}) => ({
  [`/api/v1/namespaces/${name}`]: { metadata: { name, labels: { "kubernetes.io/metadata.name": name, ...of } } },
});
const contains = (path: string, ...items: object[]) => ({ [`${path}?limit=50`]: { items } });
const secret = { metadata: { name: "api-key" }, type: "Opaque" };
const secrets = contains("/api/v1/namespaces/prism/secrets", secret);
const prefixed = "set runsheet:namespacePrefix to give this stack's namespaces other names";
const prism: Claim = { namespace: "prism", known: false, wayOut: prefixed };

const refused = (objects: Record<string, unknown>, claims: readonly Claim[] = [prism], takeOver: string[] = []) =>
  refuseForeignNamespaces({ uid, read: readerOf(objects) }, claims, owner, takeOver).then(
    () => undefined,
    (error: Error) => error.message,
  );
const takeOver = (name: string) =>
  `To take it over with everything in it: pulumi config set --path 'runsheet:takeOver[0]' ${name}`;
const title = "namespaces are not this stack's; nothing was changed:";

describe("a namespace", () => {
  test("that is not there is nobody's", async () => expect(await refused({})).toBeUndefined());

  test("of the stack itself is its own, whatever is in it", async () =>
    expect(await refused({ ...namespace("prism", labels("runsheet", "staging")), ...secrets })).toBeUndefined());

  test.each([
    ["another stack", labels("runsheet", "production"), "the stack production of the project runsheet"],
    ["another project's stack of that name", labels("other", "staging"), "the stack staging of the project other"],
  ])("of %s is refused, also when the outputs say that the stack had it", async (_, of, whose) => {
    const message = `${title}\n  - the namespace prism belongs to ${whose}: ${prefixed}. ${takeOver("prism")}`;
    expect(await refused(namespace("prism", of))).toBe(message);
    expect(await refused(namespace("prism", of), [{ ...prism, known: true }])).toBe(message);
  });

  test("without an owner and with something in it is refused", async () =>
    expect(await refused({ ...namespace("prism"), ...secrets })).toBe(
      `${title}\n  - the namespace prism has no owner labels, but contains objects (Secret api-key): ${prefixed}. ${takeOver("prism")}`,
    ));

  test("without an owner can be used beside what is in it, where a key says so", async () =>
    expect(
      await refused({ ...namespace("prism"), ...secrets }, [{ ...prism, besideKey: "prism:namespace.create" }]),
    ).toContain(
      "(Secret api-key): set prism:namespace.create to false to use it beside what is in it, or set runsheet:",
    ));

  test("with a database in it is refused for the database", async () =>
    expect(
      await refused({
        ...namespace("prism"),
        ...secrets,
        ...contains("/apis/postgresql.cnpg.io/v1/namespaces/prism/clusters", {
          metadata: { name: "prism-postgresql" },
        }),
      }),
    ).toMatch("but contains objects (Cluster prism-postgresql)"));

  test("without an owner is taken when it is empty but for what is put into each", async () =>
    expect(
      await refused({
        ...namespace("prism"),
        ...contains(
          "/api/v1/namespaces/prism/configmaps",
          ...["kube-root-ca.crt", "istio-ca-root-cert", "openshift-service-ca.crt"].map((name) => ({
            metadata: { name },
          })),
        ),
        ...contains(
          "/api/v1/namespaces/prism/secrets",
          { metadata: { name: "default-token-x" }, type: "kubernetes.io/service-account-token" },
          { metadata: { name: "builder-dockercfg-7xk2p" }, type: "kubernetes.io/dockercfg" },
        ),
      }),
    ).toBeUndefined());

  test("with somebody's own key of a registry in it is refused", async () =>
    expect(
      await refused({
        ...namespace("prism"),
        ...contains("/api/v1/namespaces/prism/secrets", {
          metadata: { name: "registry" },
          type: "kubernetes.io/dockercfg",
        }),
      }),
    ).toMatch("but contains objects (Secret registry)"));

  test("is looked through to its end", async () => {
    const tokens = Array.from({ length: 50 }, (_, index) => ({
      metadata: { name: `default-token-${index}` },
      type: "kubernetes.io/service-account-token",
    }));
    const path = "/api/v1/namespaces/prism/secrets?limit=50";
    expect(
      await refused({
        ...namespace("prism"),
        [path]: { items: tokens, metadata: { continue: "a+b" } },
        [`${path}&continue=a%2Bb`]: { items: [secret], metadata: {} },
      }),
    ).toMatch("but contains objects (Secret api-key)");
  });

  test("that the stack had before there were labels stays its own", async () =>
    expect(await refused({ ...namespace("prism"), ...secrets }, [{ ...prism, known: true }])).toBeUndefined());

  test("that the stack used without making it is not made its own", async () => {
    const record = {
      "/api/v1/namespaces/prism/configmaps/live-database": { metadata: { labels: labels("runsheet", "staging") } },
    };
    expect(await refused({ ...namespace("prism"), ...record }, [{ ...prism, known: true }])).toBe(
      `${title}\n  - the namespace prism was not made by this stack, which is a guest in it: ${prefixed}. ${takeOver("prism")}`,
    );
  });

  test("that is taken over by its name is not asked about", async () =>
    expect(await refused(namespace("prism", labels("runsheet", "production")), [prism], ["prism"])).toBeUndefined());

  test("is refused with all others that are", async () =>
    expect(
      await refused({ ...namespace("prism", labels("a", "b")), ...namespace("pm", labels("a", "b")) }, [
        prism,
        { ...prism, namespace: "pm" },
      ]),
    ).toMatch(/^[^\n]+\n {2}- the namespace prism belongs [^\n]+\n {2}- the namespace pm belongs [^\n]+$/));
});

describe("the namespaces of a stack", () => {
  const systems = ["prism", "pm"].map((name) => ({
    system: { name },
    settings: { namespace: { create: true } },
  })) as unknown as ConfiguredSystem[];
  const ways = (system: string) => ({
    wayOut: `set runsheet:namespacePrefix or ${system}:namespace.name to have another one`,
    besideKey: `${system}:namespace.create`,
  });
  const install = { install: true };

  test("are called after its systems, behind the prefix, beside the operators' own", () =>
    expect(claimsOf(systems, "staging-", install, {}, uid)).toEqual([
      { namespace: "staging-prism", known: false, ...ways("prism") },
      { namespace: "staging-pm", known: false, ...ways("pm") },
      {
        namespace: "cnpg-system",
        known: false,
        wayOut: "set runsheet:platform.install to false to use the existing operators",
      },
    ]));

  const known = (outputs: Record<string, unknown>) =>
    claimsOf(systems, "", install, outputs, uid).map(({ namespace, known }) => [namespace, known]);

  test("are known if the last up had them; the operators' only from before labels", () => {
    const found = (platform: boolean) => [
      ["prism", true],
      ["pm", false],
      ["cnpg-system", platform],
    ];
    expect(known({ prism: { release: "5.0.0" } })).toEqual(found(true));
    // Outputs of an up with runsheet:platform.install at false, where another party runs the operators.
    expect(known({ prism: { namespace: "prism" }, cluster: { uid } })).toEqual(found(false));
  });

  test("are not known in another cluster than the last up's", () =>
    expect(known({ prism: { namespace: "prism" }, cluster: { uid: other } }).flat()).not.toContain(true));

  test("do not move", () => {
    const before = new Map([
      ["prism", "prism"],
      ["pm", "pm"],
    ]);
    expect(() => refuseMoves(systems, "", before)).not.toThrow();
    expect(() => refuseMoves(systems, "b-", before)).toThrow(
      [
        "systems would move to other namespaces; nothing was changed:",
        "  - prism is in the namespace prism, not in b-prism. To leave it there: set runsheet:namespacePrefix as before",
        "  - pm is in the namespace pm, not in b-pm. To leave it there: set runsheet:namespacePrefix as before",
        "  - a namespace's contents cannot be moved, and would be deleted. For another namespace make another stack and restore the databases there",
      ].join("\n"),
    );
  });

  test("do not move because a default is new: the error names the key", () => {
    const omniops = { system: { name: "omniops" }, settings: { namespace: { name: "production", create: true } } };
    expect(() => refuseMoves([omniops], "", new Map([["omniops", "omniops"]]))).toThrow(
      "  - omniops is in the namespace omniops, not in production. To leave it there: pulumi config set --path omniops:namespace.name omniops\n",
    );
    expect(() => refuseMoves([omniops], "a-", new Map([["omniops", "a-omniops"]]))).toThrow(
      "pulumi config set --path omniops:namespace.name omniops\n",
    );
  });

  test("that are there are the outputs', or those with the stack's labels", async () => {
    const there = { uid, read: readerOf(namespace("prism", labels("runsheet", "staging"))) };
    const before = (outputs: Record<string, unknown>, cluster?: typeof there) =>
      namespacesBefore(systems, "", outputs, cluster, owner).then((found) => [...found]);
    expect(await before({ pm: { namespace: "sales" } })).toEqual([["pm", "sales"]]);
    expect(await before({ pm: { namespace: "sales" } }, there)).toEqual([
      ["prism", "prism"],
      ["pm", "sales"],
    ]);
    expect(await namespacesBefore(systems, "", {}, there, { ...owner, stack: "other" })).toEqual(new Map());
  });

  test("that others made are used and not claimed", () => {
    const pm = { system: { name: "pm" }, settings: { namespace: { name: "production", create: false } } };
    const [prism] = systems as [ConfiguredSystem];
    expect(guestsOf([prism, pm], "a-")).toEqual([{ system: "pm", namespace: "a-production" }]);
    expect(claimsOf([prism, pm], "", { install: false }, {}, uid).map(({ namespace }) => namespace)).toEqual(["prism"]);
  });

  const placed = (name: string, namespace: string) => ({
    system: { name },
    settings: { namespace: { name: namespace, create: true } },
  });

  test("have one system each, and a name of at most 63 characters", () => {
    expect(namespaceProblems([placed("prism", "one"), placed("pm", "two")], "")).toEqual([]);
    expect(namespaceProblems([placed("prism", "production"), placed("pm", "production")], "a-")).toEqual([
      "pm:namespace.name and prism:namespace.name are both a-production, and each system needs a namespace of its own, for the record of its live database and for restores; give one of them another name",
    ]);
    const long = "x".repeat(60);
    expect(namespaceProblems([placed("prism", long)], "long-")).toEqual([
      `prism:namespace.name gives long-${long}, and a namespace's name has at most 63 characters; shorten it`,
    ]);
  });
});

describe("the cluster", () => {
  const found = { uid, read: readerOf({}) };
  const context = "somewhere";
  const title = "this is another cluster; nothing was changed:\n  - ";
  const leads = `the context "somewhere" leads to the cluster ${uid}`;

  test.each([
    ["of a stack that was never up", { context }, {}],
    ["of a stack whose last up did not say", { context }, { prism: { release: "5.0.0" } }],
    ["of the last up, whatever its context is called now", { context: "renamed" }, { cluster: { uid } }],
    ["that the configuration names", { context, cluster: uid }, { cluster: { uid: other } }],
  ])("%s is taken", (_, configuration, outputs) =>
    expect(() => refuseOtherCluster(found, configuration, outputs)).not.toThrow(),
  );

  test("is refused where the last up was in another", () =>
    expect(() => refuseOtherCluster(found, { context }, { cluster: { uid: other } })).toThrow(
      `${title}${leads}, but the last up was in ${other}: correct runsheet:context or the kubeconfig. To continue the stack in the other cluster: pulumi config set runsheet:cluster ${uid}, then pulumi refresh --run-program, which detects the resources that exist there`,
    ));

  test.each([{}, { cluster: { uid } }])("is refused where the configuration names another", (outputs) =>
    expect(() => refuseOtherCluster(found, { context, cluster: other }, outputs)).toThrow(
      `${title}${leads}, but runsheet:cluster names ${other}: correct runsheet:context or the kubeconfig, or remove runsheet:cluster`,
    ),
  );
});

describe("a system that is no longer configured", () => {
  const record = (of: Record<string, string>) => ({
    "/api/v1/namespaces/production/configmaps/live-database": { metadata: { labels: of } },
  });
  const own = labels("runsheet", "staging");

  test.each([
    ["is there in the stack's own namespace", namespace("production", own), true],
    ["is there in a namespace of others with its record", { ...namespace("production"), ...record(own) }, true],
    ["is not there once its record is gone", namespace("production"), false],
    ["is another stack's by the record", { ...namespace("production"), ...record(labels("runsheet", "a")) }, false],
    ["is not there without the namespace", {}, false],
  ])("%s", async (_, objects, isThere) =>
    expect(await hasSystem({ uid, read: readerOf(objects) }, "production", owner)).toBe(isThere),
  );

  test("is there as far as a preview without the cluster knows", async () =>
    expect(await hasSystem(undefined, "production", owner)).toBe(true));
});
