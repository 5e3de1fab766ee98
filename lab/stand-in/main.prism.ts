import { prism } from "./prism";
import { start } from "./start";

void start(prism);
