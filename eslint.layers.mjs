/** The layers of the program: what may import what. Imports go down only. */

/** The folders from the top down. Each may import those below it; the ones of a row do not know each other. */
const layers = [
  ["test"],
  ["deployments"],
  ["runbook"],
  ["bench"],
  ["drills", "dashboards", "preview", "drift"],
  ["drawing", "command-line", "github"],
  ["index.ts", "policy", "bucket", "engine"],
  ["stack"],
  ["systems"],
  ["components"],
];

/** The rooms of components/ in the same way. */
const rooms = [
  ["system"],
  ["backups", "watch"],
  ["migrations", "checks", "monitoring"],
  ["postgres"],
  ["object-store", "redis", "workload", "platform", "versioned-volume", "feature-flags"],
  ["kubernetes"],
  ["runbook", "identity"],
];

/** Whatever leads out of a folder and into one of these. */
const into = (names) => `^(\\.\\./)+(${names.join("|")})(/|$)`;
/** Whatever leads out of components/ and into one of these. One step up is another room: components/runbook is not runbook/. */
const outInto = (names) => `^(\\.\\./){2,}(${names.join("|")})(/|$)`;
const escaped = (name) => name.replace(/\.ts$/, "");

const allOfPulumi = {
  name: "@pulumi/kubernetes",
  message: "It loads every kind: import from its groups, such as core/v1.",
};

/** A rule for `files`: none of `patterns` is imported. */
const refuse = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { "@typescript-eslint/no-restricted-imports": ["error", { paths: [allOfPulumi], patterns }] },
});

const inPod = {
  regex: "/in-pod/",
  allowTypeImports: true,
  message: "It runs in a pod: import its types, and pack it with bundle().",
};
const pulumi = { regex: "^@pulumi/", message: "This runs in a pod, where Pulumi is not." };

/** Both rules of a place: what declares resources, and the programs of its in-pod/. */
const place = (folder, patterns) => [
  refuse([`${folder}/**/*.ts`], [...patterns, inPod], [`${folder}/**/in-pod/**`]),
  refuse([`${folder}/**/in-pod/**/*.ts`], [...patterns, pulumi]),
];

const above = (rows, index) => rows.slice(0, index).flat().map(escaped);
const beside = (row, name) => row.filter((other) => other !== name).map(escaped);

const lab = { regex: into(["lab"]), message: "The lab is one cluster of many: what it has is handed in." };
const upward = (names, what) => ({ regex: into(names), message: `Imports go down: ${what}` });

const layerRules = ["stack", "systems"].flatMap((folder) => {
  const index = layers.findIndex((row) => row.includes(folder));
  return place(folder, [lab, upward(above(layers, index), "index -> stack -> systems -> components.")]);
});

const roomRules = rooms.flatMap((row, index) =>
  row.flatMap((room) => {
    const others = [...above(rooms, index), ...beside(row, room)];
    const upwards = others.length > 0 ? [upward(others, `${rooms.map((each) => each.join(", ")).join(" -> ")}.`)] : [];
    const message = "Imports go down: a component knows no system, no stack and no drill.";
    const out = { regex: outInto(above(layers, layers.length - 1)), message };
    return place(`components/${room}`, [lab, out, ...upwards]);
  }),
);

/** Everything above the row of the program, and the others of this row. */
const outside = (name) => {
  const index = layers.findIndex((row) => row.includes(name));
  return [...above(layers, index), ...beside(layers[index], name)];
};
/** The program is in no folder: what it imports begins with "./". */
const fromProgram = {
  regex: `^\\./(${[...outside("index.ts"), "lab"].join("|")})(/|$)`,
  message: "Imports go down: nothing below knows what runs it.",
};
const fromEngine = upward(outside("engine"), "commands -> engine -> stack -> systems -> components.");

export default [
  refuse(["index.ts"], [fromProgram, inPod]),
  refuse(["engine/**/*.ts"], [lab, fromEngine, inPod]),
  ...layerRules,
  ...roomRules,
  refuse(["lab/**/*.ts"], [upward(layers.flat().map(escaped), "the lab knows nothing of what is deployed in it.")]),
];
