import { importJWK, jwtVerify } from "jose";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createDecipheriv, createECDH, createHmac, type ECDH, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "../../src/platform/clock.ts";
import type { NewSubscription } from "../../src/web_push/subscriptions.ts";

const CURVE = "prime256v1";
const [SALT_BYTES, KEY_BYTES, TAG_BYTES] = [16, 65, 16];
const LAST_RECORD = 2;
const AUTH_BYTES = 16;
const DAY_IN_SECONDS = 86_400;

/** A message that arrived, decrypted. `vapidKey` is the sender's public key. */
export type PushedMessage = {
  path: string;
  headers: Record<string, string>;
  bytes: number;
  content: string;
  vapidKey: string;
};

/** A browser that is subscribed at the service, as `PushSubscription.toJSON()` describes it. */
export type PushBrowser = NewSubscription & { path: string };

/** The browser's half of the keys (RFC 8291, section 3.1). */
export type BrowserKeys = { pair: ECDH; auth: Buffer };

/**
 * A push service on this machine with its browsers. It accepts only what RFC 8030 and RFC 8292 allow, and decrypts by RFC 8291. By
 * default it answers 201.
 */
export class PushService implements AsyncDisposable {
  readonly messages: PushedMessage[] = [];
  /** Requests that arrived, whatever was answered. */
  requests = 0;
  #answer: { status: number; headers: Record<string, string> } = { status: 201, headers: {} };
  readonly #browsers = new Map<string, BrowserKeys>();
  readonly #server: Server;
  #problem: unknown;

  private constructor() {
    this.#server = createServer((request, response) => this.#receive(request, response));
  }

  static async open(): Promise<PushService> {
    const service = new PushService();
    await new Promise<void>((done) => service.#server.listen(0, "127.0.0.1", done));
    return service;
  }

  /** Answers from now on with this status. Only 201 accepts a message. */
  answer(status: number, headers: Record<string, string> = {}): void {
    this.#answer = { status, headers };
  }

  /** Subscribes a new browser. */
  browser(): PushBrowser {
    const { pair, auth } = newKeys();
    const path = `/push/${randomBytes(9).toString("base64url")}`;
    this.#browsers.set(path, { pair, auth });
    return {
      path,
      endpoint: this.origin + path,
      keys: { p256dh: pair.getPublicKey("base64url"), auth: auth.toString("base64url") },
    };
  }

  /** What a browser got, oldest first. */
  contentsOf({ path }: PushBrowser): Record<string, unknown>[] {
    return this.messages.filter((message) => message.path === path).map(({ content }) => JSON.parse(content));
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    this.#server.closeAllConnections();
    await closed;
    if (this.#problem) throw this.#problem;
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    this.requests++;
    const { status, headers } = this.#answer;
    try {
      const message = await this.#read(request, Buffer.concat(chunks));
      if (status === 201) this.messages.push(message);
    } catch (error) {
      this.#problem ??= error;
    }
    response.writeHead(status, headers).end();
  }

  async #read({ method, url: path = "", headers }: IncomingMessage, body: Buffer): Promise<PushedMessage> {
    assert.equal(method, "POST");
    assert.equal(headers["content-encoding"], "aes128gcm");
    assert.match(String(headers.ttl), /^\d+$/);
    assert.match(String(headers.topic), /^[A-Za-z0-9_-]{1,32}$/);
    assert.match(String(headers.urgency), /^(very-low|low|normal|high)$/);
    const keys = this.#browsers.get(path);
    assert.ok(keys, `no browser is subscribed at ${path}`);
    return {
      path,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      bytes: body.length,
      content: decryptPush(body, keys).toString("utf8"),
      vapidKey: await verifyVapid(headers.authorization ?? "", this.origin),
    };
  }
}

/** A browser with this endpoint and new keys. */
export function samplePushSubscription(endpoint: string): NewSubscription {
  const { pair, auth } = newKeys();
  return {
    endpoint,
    keys: { p256dh: pair.getPublicKey("base64url"), auth: auth.toString("base64url") },
  };
}

function newKeys(): BrowserKeys {
  const pair = createECDH(CURVE);
  pair.generateKeys();
  return { pair, auth: randomBytes(AUTH_BYTES) };
}

/** Decrypts a message of one record (RFC 8188, with the keys of RFC 8291). */
export function decryptPush(body: Buffer, { pair, auth }: BrowserKeys): Buffer {
  const salt = body.subarray(0, SALT_BYTES);
  const keyStart = SALT_BYTES + 5;
  assert.equal(body[keyStart - 1], KEY_BYTES, "the id of the key is the sender's public key");
  const senderKey = body.subarray(keyStart, keyStart + KEY_BYTES);
  const record = body.subarray(keyStart + KEY_BYTES);
  assert.ok(record.length <= body.readUInt32BE(SALT_BYTES), "the message is one record");
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), pair.getPublicKey(), senderKey]);
  const input = hkdf(auth, pair.computeSecret(senderKey), info, 32);
  const key = hkdf(salt, input, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
  const nonce = hkdf(salt, input, Buffer.from("Content-Encoding: nonce\0"), 12);
  const decipher = createDecipheriv("aes-128-gcm", key, nonce);
  decipher.setAuthTag(record.subarray(-TAG_BYTES));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -TAG_BYTES)), decipher.final()]);
  const end = padded.findLastIndex((byte) => byte !== 0);
  assert.equal(padded[end], LAST_RECORD, "the padding starts with the delimiter of the last record");
  return padded.subarray(0, end);
}

/** HKDF with SHA-256 (RFC 5869), for at most one block. */
function hkdf(salt: Buffer, input: Buffer, info: Buffer, length: number): Buffer {
  const key = createHmac("sha256", salt).update(input).digest();
  return createHmac("sha256", key).update(info).update(Buffer.from([1])).digest().subarray(0, length);
}

/** Checks who sends (RFC 8292). Returns the sender's public key. */
async function verifyVapid(authorization: string, origin: string): Promise<string> {
  const [, token = "", key = ""] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(authorization) ?? [];
  const point = Buffer.from(key, "base64url");
  const jwk = {
    kty: "EC",
    crv: "P-256",
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33).toString("base64url"),
  };
  const { payload } = await jwtVerify(token, await importJWK(jwk, "ES256"), {
    audience: origin,
    algorithms: ["ES256"],
  });
  assert.match(String(payload.sub), /^(mailto:|https:)/);
  assert.ok(payload.exp! - systemClock.now().getTime() / 1_000 <= DAY_IN_SECONDS, "valid for at most a day");
  return key;
}
