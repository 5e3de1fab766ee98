/** Private certificate authority of a test. */
import { isIP } from "node:net";
import { generate } from "selfsigned";

/** Certificate of a server, and its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export class TestAuthority {
  private constructor(private readonly own: Certificate) {}

  static async create(name = "Runsheet's tests"): Promise<TestAuthority> {
    const { cert, private: key } = await generate([{ name: "commonName", value: name }], {
      ...{ keyType: "ec", algorithm: "sha256" },
      extensions: [
        { name: "basicConstraints", cA: true, critical: true },
        { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
      ],
    });
    return new TestAuthority({ cert, key });
  }

  /** Certificate of the authority, as PEM. */
  get pem(): string {
    return this.own.cert;
  }

  /** Issues a certificate for a server with these DNS names and IP addresses. */
  async issue(names: readonly string[]): Promise<Certificate> {
    const altNames = names.map((name) =>
      isIP(name) ? { type: 7 as const, ip: name } : { type: 2 as const, value: name },
    );
    const { cert, private: key } = await generate([{ name: "commonName", value: names[0] }], {
      ...{ keyType: "ec", algorithm: "sha256", ca: this.own },
      extensions: [
        { name: "basicConstraints", cA: false, critical: true },
        { name: "keyUsage", digitalSignature: true, critical: true },
        { name: "extKeyUsage", serverAuth: true },
        { name: "subjectAltName", altNames },
      ],
    });
    return { cert, key };
  }
}
