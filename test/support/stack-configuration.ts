/** Configuration of a stack from its file, as the runbook's command reads it too. */
export * from "../../runbook/source/stack-file";
