import { mued } from "./mued";
import { start } from "./start";

void start(mued);
