/**
 * Writes a file atomically: into a file beside it, which is then renamed. Creates a missing directory.
 * @param mode rights of the file. Default: those that the user's files have
 */
export function writeWholeFile(path: string, content: string | Buffer, mode?: number): void;
