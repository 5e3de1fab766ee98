/** Lock of a stack: one drill at a time, for two would share their files, their rows and their disasters. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { Misuse } from "../command-line";
import { projectDirectory } from "../engine/project";

/**
 * Takes the lock of a stack, and returns what gives it back. Its file has the id of the process. A lock whose process is
 * gone is taken over.
 * @throws Misuse that names the process which has it
 */
export function takeLock(file: string, stack: string): () => void {
  mkdirSync(dirname(file), { recursive: true });
  if (!created(file)) {
    const holder = holderOf(file);
    const isLeft = !isRunning(holder);
    if (isLeft) rmSync(file, { force: true });
    // One that is there again is another drill's, which was faster.
    if (!isLeft || !created(file))
      throw new Misuse(
        `another drill of the stack ${stack} is running, as process ${holderOf(file)}: wait for its end. If that process is no drill, remove ${relative(projectDirectory, file)}`,
      );
  }
  return () => rmSync(file, { force: true });
}

function created(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function holderOf(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
}

/** True if the process is there, or its id is not written yet. In a container an earlier process may have had this one's. */
function isRunning(holder: string): boolean {
  if (!/^[1-9]\d*$/.test(holder)) return true;
  if (Number(holder) === process.pid) return false;
  try {
    process.kill(Number(holder), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
