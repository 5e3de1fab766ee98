/** Smallest configuration that is valid, for a program that runs without an engine. */

/** Keys of a system that have no default. */
const ofSystem = {
  mued: { release: "2.0.0" },
  prism: { release: "5.0.0", generateSecrets: "true", redis: '{"engine":"kubernetes"}' },
};

/** Returns the texts by key of a stack with the stand-ins of these systems, on databases of its own. */
export function smallestStack(...systems: readonly (keyof typeof ofSystem)[]): Record<string, string> {
  const keys = systems.flatMap((system) => {
    const all = { application: '{"standIn":true}', postgres: '{"engine":"cloudnativepg"}', ...ofSystem[system] };
    return Object.entries(all).map(([key, text]): [string, string] => [`${system}:${key}`, text]);
  });
  return {
    "runsheet:context": "somewhere",
    "runsheet:systems": JSON.stringify(systems),
    "runsheet:protect": "false",
    ...Object.fromEntries(keys),
  };
}
