import { aiBackend } from "./ai-backend";
import { start } from "./start";

void start(aiBackend);
