/** Returns the type of a system's component, such as `runsheet:index:AiBackend` for ai-backend. */
export const componentType = (system: string): string =>
  `runsheet:index:${system.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`;
