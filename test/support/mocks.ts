/** The program without an engine, as the runbook's command runs it too. */
export * from "../../runbook/source/mocks";
