/** Default checks of a system, as a stack with images asks them, on an application of a team. */
import type { Check } from "../../../../components/checks";
import { runChecks } from "../../../support/checks-runner";
import { loginsEnvironment } from "../../../support/url-environment";
import type { TeamDatabase } from "../team-database";

/** Expects that all checks pass. `environment` has the addresses, the keys and what else they name. */
export async function expectPassed(
  { checks, cleanup }: { checks: readonly Check[]; cleanup?: readonly Check[] },
  database: TeamDatabase,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const urls = { url: database.databaseUrl(), directUrl: database.databaseDirectUrl() };
  const logins = loginsEnvironment(urls, database.authority);
  const result = await runChecks(checks, {
    cleanup,
    environment: { ...logins, DEPLOYMENT: "0123abcd", ...environment },
  });
  expect(result).toMatchObject({ code: 0, stderr: "" });
  expect(result.stdout).toContain(`${checks.length} of ${checks.length} checks passed`);
}
