/** Configuration changes that existing data does not allow. All are reported before anything is changed. */
import { majorOf } from "../../../components/postgres/image";
import type { Restore } from "../../../components/system/database-plan";
import type { InCluster } from "../../../components/system/live-database";
import type { ConfiguredSystem } from "../../../stack/configured-system";
import { databasePlans } from "../../../stack/databases";
import { refuseUnchangeable } from "../../../stack/unchangeable";

const image = "registry.example/postgresql:17.6";
const newer = "registry.example/postgresql:18.1";
const server = "prism-postgresql-1a2b3c4d";
const database = { live: "prism-postgresql", server, image, storage: "10Gi", givenUp: [] };
/** Outputs of the last `up`. */
const left = { prism: { database, redis: { storage: "1Gi" } } };

interface Wanted {
  readonly postgres?: object;
  readonly redis?: object;
  readonly restore?: Partial<Restore>;
}

/** Error for PRISM with these settings. Undefined if they are accepted. */
function refusal(
  { postgres, redis, restore }: Wanted,
  outputs: Readonly<Record<string, unknown>> = left,
  images = image,
  sizes: InCluster["sizes"] = undefined,
): string | undefined {
  const settings = {
    postgres: { engine: "cloudnativepg", storage: "10Gi", ...postgres },
    redis: { engine: "kubernetes", storage: "1Gi", ...redis },
    discard: [],
    restore: restore && { replaces: "prism-postgresql", deadlineSeconds: 3600, ...restore },
  };
  const systems = [{ system: { name: "prism" }, settings, secrets: {} }] as unknown as ConfiguredSystem[];
  const plans = databasePlans(systems, false, outputs, new Map());
  try {
    refuseUnchangeable(systems, plans, images, outputs, new Map([["prism", { sizes }]]));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
const problem = (text: string) => `existing data cannot be changed as configured; nothing was changed:\n  - ${text}`;

test.each([
  ["postgresql:17", 17],
  ["ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie", 17],
  ["registry:5000/postgresql:18.1@sha256:0123", 18],
  ["postgresql:17beta1", 17],
  ["registry:5000/postgresql", undefined],
  ["postgresql:latest", undefined],
  ["postgresql@sha256:0123", undefined],
])("%s is PostgreSQL %s", (image, major) => expect(majorOf(image)).toBe(major));

describe("PostgreSQL's image", () => {
  const converts =
    `prism:postgres.image: ${newer} is PostgreSQL 18, and the database prism-postgresql is of 17: another image does not convert it. ` +
    'Set an image of 17; to go to 18, restore a dump with the new image (docs/recovery.md, "Another major version")';

  test("may be another one of the same major version", () =>
    expect(refusal({ postgres: { image: "registry.example/postgresql:17.7" } })).toBeUndefined());

  test("of another major version is refused, the system's own and the stack's", () => {
    expect(refusal({ postgres: { image: newer } })).toBe(problem(converts));
    expect(refusal({}, left, newer)).toBe(problem(converts));
    expect(refusal({ postgres: { image } }, left, newer)).toBeUndefined();
  });

  test("may be of another one for a database that comes from a dump", () =>
    expect(
      refusal({ postgres: { image: newer }, restore: { from: { dump: "daily/20261127T010000Z" } } }),
    ).toBeUndefined());

  test("has to be of the archive's version, also after its database was given up", () => {
    const of = (server: string) =>
      `prism:restore: the archive ${server} is of PostgreSQL 17, which ${newer} cannot read. Set prism:postgres.image to one of 17`;
    expect(refusal({ postgres: { image: newer }, restore: { from: "latest" } })).toBe(problem(of(server)));

    const earlier = { name: "prism-postgresql-0", server: "prism-postgresql-0-5e6f7a8b", image };
    const upgraded = { prism: { database: { ...database, image: newer, givenUp: [earlier] } } };
    const back = { from: { time: "2026-11-27T09:30:00Z" }, server: earlier.server };
    expect(refusal({ postgres: { image: newer }, restore: back }, upgraded)).toBe(problem(of(earlier.server)));
    expect(refusal({ postgres: { image }, restore: back }, upgraded)).toBeUndefined();
  });
});

describe("PostgreSQL's volumes", () => {
  test.each(["10Gi", "10240Mi", "11Gi", "1Ti"])("may become %s", (storage) =>
    expect(refusal({ postgres: { storage } })).toBeUndefined(),
  );

  test.each(["9Gi", "10239Mi"])("cannot become %s", (storage) =>
    expect(refusal({ postgres: { storage } })).toBe(
      problem(
        `prism:postgres.storage: ${storage} is less than the 10Gi that the database has, and a volume cannot shrink or go. Set 10Gi or more; a database that is restored may have less`,
      ),
    ),
  );

  test("for the log may come and grow, and not shrink or go", () => {
    const of = (walStorage: string | undefined, made?: string) =>
      refusal({ postgres: { walStorage } }, { prism: { database: { ...database, walStorage: made } } });
    expect(of("2Gi")).toBeUndefined();
    expect(of("2Gi", "1Gi")).toBeUndefined();
    const wayOut = "a volume cannot shrink or go. Set 2Gi or more; a database that is restored may have less";
    expect(of("1Gi", "2Gi")).toBe(
      problem(`prism:postgres.walStorage: 1Gi is less than the 2Gi that the database has, and ${wayOut}`),
    );
    expect(of(undefined, "2Gi")).toBe(
      problem(`prism:postgres.walStorage: is missing, and 2Gi is what the database has, and ${wayOut}`),
    );
  });

  test("may be smaller for a database that is brought back", () =>
    expect(refusal({ postgres: { storage: "1Gi" }, restore: { from: "latest" } })).toBeUndefined());
});

test.each(["2Gi", "512Mi"])("the volume of Redis cannot become %s", (storage) =>
  expect(refusal({ redis: { storage } })).toBe(
    problem(
      `prism:redis.storage: the volume of Redis has 1Gi, and its StatefulSet cannot change that to ${storage}. Set 1Gi; a larger volume is made by hand (docs/configuration-guide.md, "The size of a volume")`,
    ),
  ),
);

test("the volume of Redis cannot be of another class", () => {
  const classes = (storageClass: string | undefined, made?: string) =>
    refusal({ redis: { storageClass } }, { prism: { redis: { storage: "1Gi", storageClass: made } } });
  const is = "the storage class of Redis' volume is";
  expect(classes("fast", "fast")).toBeUndefined();
  expect(classes("fast")).toBe(
    problem(`prism:redis.storageClass: ${is} the cluster's default, which its StatefulSet cannot change. Leave it out`),
  );
  expect(classes(undefined, "fast")).toBe(
    problem(`prism:redis.storageClass: ${is} fast, which its StatefulSet cannot change. Set fast`),
  );
});

test.each([
  ["a new stack", {}],
  ["a stack whose last up recorded nothing of it", { prism: { database: { live: "prism-postgresql", givenUp: [] } } }],
])("%s has nothing to compare", (_, outputs) =>
  expect(refusal({ postgres: { image: newer, storage: "1Gi" }, redis: { storage: "2Gi" } }, outputs)).toBeUndefined(),
);

test("an external server is its owner's", () =>
  expect(refusal({ postgres: { engine: "external", image: newer } })).toBeUndefined());

describe("a database that somebody enlarged by hand", () => {
  const enlarged = (sizes: object, postgres = {}) =>
    refusal({ postgres }, left, image, { "prism-postgresql": sizes, "prism-postgresql-2": { storage: "90Gi" } });
  const tooSmall = (key: string, what: string, there: string) =>
    problem(
      `prism:postgres.${key}: ${what}, and a volume cannot shrink or go. Set ${there} or more; a database that is restored may have less`,
    );

  test("is refused before anything is changed, with the size to set", () => {
    expect(enlarged({ storage: "20Gi" })).toBe(
      tooSmall("storage", "10Gi is less than the 20Gi that the database has", "20Gi"),
    );
    expect(enlarged({ storage: "20G" })).toBe(
      tooSmall("storage", "10Gi is less than the 19074Mi that the database has", "19074Mi"),
    );
    expect(enlarged({ storage: "10Gi", walStorage: "2Gi" })).toBe(
      tooSmall("walStorage", "is missing, and 2Gi is what the database has", "2Gi"),
    );
  });

  test("is accepted once the size is configured, and so is one that is as it was", () => {
    expect(enlarged({ storage: "20Gi" }, { storage: "20Gi" })).toBeUndefined();
    expect(enlarged({ storage: "20480Mi" }, { storage: "20Gi" })).toBeUndefined();
    expect(enlarged({ storage: "10Gi" })).toBeUndefined();
    expect(enlarged({})).toBeUndefined();
  });
});
