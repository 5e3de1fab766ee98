/** Writes a file atomically: into a file beside it, which is then renamed. Creates a missing directory. */
export function writeWholeFile(path: string, content: string | Buffer): void;
