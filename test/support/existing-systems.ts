/** The five systems on databases that exist, as the program declares them. */
import type { Check, CheckList } from "../../components/checks/check";
import { names } from "../../systems";
import { collectResources, settled, type Registered } from "./mocks";
import { setStackConfiguration } from "./stack-configuration";

/** Container of a pod. */
export interface Container {
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}

/** Everything that the stack `local` registers with the engine `existing` for each system. */
export class ExistingSystems {
  private constructor(
    readonly resources: readonly Registered[],
    readonly outputs: Readonly<Record<string, unknown>>,
  ) {}

  /**
   * Runs the program. Call it once per test file, since the program is loaded only once.
   * @param postgres settings beside the engine. Default: none
   * @param changes further keys of the configuration. Default: none
   */
  static async register(
    postgres: object = {},
    changes: Readonly<Record<string, unknown>> = {},
  ): Promise<ExistingSystems> {
    const resources = collectResources("runsheet", "local");
    const engine = { engine: "existing", image: "postgresql:15.18", ...postgres };
    setStackConfiguration(
      "local",
      {
        ...Object.fromEntries(
          names.flatMap((name) => [
            [`${name}:postgres`, engine],
            [`${name}:baseline`, undefined],
          ]),
        ),
        "pm:maintenance": { url: "pm-backend" },
        ...changes,
      },
      Object.fromEntries(
        names.flatMap((name) => [
          [`${name}:databaseUrl`, `postgresql://app:secret@pooler.example:6543/${name}?sslmode=require`],
          [`${name}:databaseDirectUrl`, `postgresql://owner:secret@db.example/${name}`],
        ]),
      ),
    );
    const main = jest.requireActual<() => Promise<Record<string, unknown>>>("../../index");
    const outputs = await main();
    await settled();
    return new ExistingSystems(resources, outputs);
  }

  /** Returns the main container of a Job, Deployment or other controller. */
  container(type: string, name: string): Container {
    const found = this.resources.find((each) => each.type.endsWith(`:${type}`) && each.name === name)!;
    return (found.inputs as { spec: { template: { spec: { containers: Container[] } } } }).spec.template.spec
      .containers[0]!;
  }

  /** Returns the checks of a Job. */
  checks(job: string): readonly Check[] {
    const { value } = this.container("Job", job).env.find(({ name }) => name === "CHECKS")!;
    return (JSON.parse(value!) as CheckList).checks;
  }
}
