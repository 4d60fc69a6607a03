import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Browser, Page } from "./browser.ts";
import type { World } from "./world.ts";

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const HAS_CREDENTIAL = 0x40;
const AAGUID = new Uint8Array(16);

/** How an answer differs from an honest one. */
export type Deviation = {
  origin?: string;
  rpId?: string;
  challenge?: string;
  counter?: number;
  isVerified?: boolean;
  userHandle?: string;
};

/** An authenticator in software with one passkey: ES256, attestation "none" (WebAuthn Level 3). */
export class Passkey {
  readonly #world: World;
  readonly #keys: CryptoKeyPair;
  readonly id = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
  /** 0: the authenticator doesn't count. */
  counter = 0;
  #userHandle = "";

  private constructor(world: World, keys: CryptoKeyPair) {
    this.#world = world;
    this.#keys = keys;
  }

  static async create(world: World): Promise<Passkey> {
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    return new Passkey(world, await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]));
  }

  /** Adds this passkey in a browser that is signed in on the apex. */
  async add(browser: Browser, name = "Laptop", deviation: Deviation = {}): Promise<Page> {
    const options = await askOptions(this.#world, browser, "/account/security/passkeys/options");
    const credential = JSON.stringify(await this.register(options, deviation));
    return await browser.post(`${apexOf(this.#world)}/account/security/passkeys`, { name, credential });
  }

  /** Signs a browser in on the apex. */
  async signIn(
    browser: Browser,
    deviation: Deviation = {},
    fields: Record<string, string> = {},
  ): Promise<Page> {
    const options = await askOptions(this.#world, browser, "/login/passkey/options");
    const credential = JSON.stringify(await this.answer(options, deviation));
    return await browser.post(`${apexOf(this.#world)}/login/passkey`, { credential, ...fields });
  }

  /** What `navigator.credentials.create()` returns, as JSON. */
  async register(options: { challenge: string; user: { id: string } }, deviation: Deviation = {}) {
    this.#userHandle = options.user.id;
    const key = await crypto.subtle.exportKey("jwk", this.#keys.publicKey);
    const id = Buffer.from(this.id, "base64url");
    const length = new Uint8Array([0, id.length]);
    const credential = Buffer.concat([AAGUID, length, id, coseKey(key)]);
    const authData = this.#authenticatorData(deviation, HAS_CREDENTIAL, credential);
    const attestationObject = Buffer.concat([
      Buffer.from([0xa3]),
      cborText("fmt"),
      cborText("none"),
      cborText("attStmt"),
      Buffer.from([0xa0]),
      cborText("authData"),
      Buffer.from([0x59, authData.length >> 8, authData.length & 0xff]),
      authData,
    ]);
    const response = {
      clientDataJSON: this.#clientData("webauthn.create", options.challenge, deviation).toString("base64url"),
      attestationObject: attestationObject.toString("base64url"),
      transports: ["internal"],
    };
    return { id: this.id, rawId: this.id, type: "public-key", clientExtensionResults: {}, response };
  }

  /** What `navigator.credentials.get()` returns, as JSON. */
  async answer(options: { challenge: string }, deviation: Deviation = {}) {
    const clientData = this.#clientData("webauthn.get", options.challenge, deviation);
    const authenticatorData = this.#authenticatorData(deviation);
    const signed = Buffer.concat([authenticatorData, createHash("sha256").update(clientData).digest()]);
    const algorithm = { name: "ECDSA", hash: "SHA-256" };
    const signature = await crypto.subtle.sign(algorithm, this.#keys.privateKey, signed);
    const response = {
      clientDataJSON: clientData.toString("base64url"),
      authenticatorData: authenticatorData.toString("base64url"),
      signature: derSignature(Buffer.from(signature)).toString("base64url"),
      userHandle: deviation.userHandle ?? this.#userHandle,
    };
    return { id: this.id, rawId: this.id, type: "public-key", clientExtensionResults: {}, response };
  }

  #clientData(type: string, challenge: string, deviation: Deviation): Buffer {
    const origin = deviation.origin ?? apexOf(this.#world);
    const data = { type, challenge: deviation.challenge ?? challenge, origin, crossOrigin: false };
    return Buffer.from(JSON.stringify(data));
  }

  #authenticatorData(
    { rpId = this.#world.config.appUrl.hostname, counter = this.counter, isVerified = true }: Deviation,
    flags = 0,
    credential = Buffer.alloc(0),
  ): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const all = flags | USER_PRESENT | (isVerified ? USER_VERIFIED : 0);
    return Buffer.concat([createHash("sha256").update(rpId).digest(), Buffer.from([all]), count, credential]);
  }
}

/** What the page's script asks for before it uses a passkey. */
export async function askOptions(world: World, browser: Browser, path: string) {
  const { status, text } = await browser.post(apexOf(world) + path);
  if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`);
  return JSON.parse(text);
}

function apexOf(world: World): string {
  return `http://${world.host()}`;
}

/** A P-256 key in COSE (RFC 9053, section 7.1.1). */
function coseKey({ x, y }: JsonWebKey): Buffer {
  const coordinate = (label: number, value = "") =>
    Buffer.concat([Buffer.from([label, 0x58, 32]), Buffer.from(value, "base64url")]);
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01]),
    coordinate(0x21, x),
    coordinate(0x22, y),
  ]);
}

function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + text.length]), Buffer.from(text)]);
}

/** WebCrypto returns r and s side by side. WebAuthn sends them in DER. */
function derSignature(raw: Buffer): Buffer {
  const parts = [raw.subarray(0, 32), raw.subarray(32)].map(derInteger);
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0x30, content.length]), content]);
}

function derInteger(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const trimmed = bytes.subarray(Math.max(first, 0));
  const positive = trimmed[0]! & 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed;
  return Buffer.concat([Buffer.from([0x02, positive.length]), positive]);
}
