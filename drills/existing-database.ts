import { directLogin } from "../components/postgres";
import { firstDatabase } from "../components/system/database-plan";
import { DrilledDatabase, psql, table } from "./database";
import type { Kubectl } from "./kubectl";
import { runPod } from "./pod";

/** Database that exists without the stack. A drill reaches it from a pod, with the login of the migrations. */
export class ExistingDatabase extends DrilledDatabase {
  readonly table = table;
  readonly amongTables = "";

  constructor(
    kubectl: Kubectl,
    namespace: string,
    name: string,
    private readonly system: string,
    /** Image with psql. */
    private readonly image: string,
    /** True if the configuration has the server's certificate authority. */
    private readonly withCa: boolean,
  ) {
    super(kubectl, namespace, name);
  }

  owner() {
    const environment = directLogin(firstDatabase(this.system), this.withCa).environment();
    return Promise.resolve({ image: this.image, environment });
  }

  async sql(statement: string): Promise<string> {
    const { image, environment } = await this.owner();
    const command = psql(`SET client_min_messages = error; ${statement}`);
    const pod = { namespace: this.namespace, name: "runsheet-drill-client", image, command, environment };
    return (await runPod(this.kubectl, pod)).trim();
  }
}
