import { pm } from "./pm";
import { start } from "./start";

void start(pm);
