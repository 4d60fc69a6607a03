import { Buffer } from "node:buffer";
import { createECDH } from "node:crypto";

const CURVE = "prime256v1";
const PRIVATE_KEY_BYTES = 32;

/** A key pair on P-256 in base64url: the public key as an uncompressed point, the private key as 32 bytes. */
export type KeyPair = { publicKey: string; privateKey: string };

export function generateKeyPair(): KeyPair {
  const pair = createECDH(CURVE);
  pair.generateKeys();
  const privateKey = Buffer.alloc(PRIVATE_KEY_BYTES);
  const significant = pair.getPrivateKey();
  significant.copy(privateKey, PRIVATE_KEY_BYTES - significant.length);
  return { publicKey: pair.getPublicKey("base64url"), privateKey: privateKey.toString("base64url") };
}

/** Whether these bytes in base64url are a public key: a point on the curve. */
export function isPublicKey(publicKey: string): boolean {
  const pair = createECDH(CURVE);
  pair.generateKeys();
  try {
    pair.computeSecret(publicKey, "base64url");
    return true;
  } catch {
    return false;
  }
}

/** Whether the private key belongs to the public one. */
export function isKeyPair(publicKey: string, privateKey: string): boolean {
  const pair = createECDH(CURVE);
  try {
    pair.setPrivateKey(Buffer.from(privateKey, "base64url"));
    return pair.getPublicKey("base64url") === publicKey;
  } catch {
    return false;
  }
}
