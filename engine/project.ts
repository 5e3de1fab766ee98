/** Place of the project. */
import { join } from "node:path";

/** Directory of the project. */
export const projectDirectory = join(__dirname, "..");
