import { omniops } from "./omniops";
import { start } from "./start";

void start(omniops);
