/** Private certificate authority of a test. */
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { webcrypto } from "node:crypto";
import { isIP } from "node:net";

/** Certificate of a server, and its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

cryptoProvider.set(webcrypto);
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

export class TestAuthority {
  private constructor(
    private readonly certificate: X509Certificate,
    private readonly keys: webcrypto.CryptoKeyPair,
  ) {}

  static async create(name = "Runsheet's tests"): Promise<TestAuthority> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      ...{ name: `CN=${name}`, keys, signingAlgorithm: algorithm, notAfter: tomorrow() },
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new TestAuthority(certificate, keys);
  }

  /** Certificate of the authority, as PEM. */
  get pem(): string {
    return this.certificate.toString("pem");
  }

  /** Issues a certificate for a server with these DNS names and IP addresses. */
  async issue(names: readonly string[]): Promise<Certificate> {
    const { publicKey, privateKey } = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      ...{ subject: `CN=${names[0]!}`, issuer: this.certificate.subject, publicKey, notAfter: tomorrow() },
      ...{ signingKey: this.keys.privateKey, signingAlgorithm: algorithm },
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) ? "ip" : "dns", value }))),
        // Clients of newer releases of Python demand it.
        await AuthorityKeyIdentifierExtension.create(this.keys.publicKey),
        await SubjectKeyIdentifierExtension.create(publicKey),
      ],
    });
    const key = PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", privateKey), "PRIVATE KEY");
    return { cert: certificate.toString("pem"), key };
  }
}

const tomorrow = () => new Date(Date.now() + 86_400_000);
