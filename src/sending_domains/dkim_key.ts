import { sendingDomains } from "../../db/control/schema/sending_domains.ts";
import type { DkimKey } from "../email/transports/transport.ts";
import { decrypt, encrypt, randomBase32 } from "../platform/crypto.ts";
import { sealedColumn } from "../platform/sealed_column.ts";
import type { Services } from "../ports.ts";

const PURPOSE = "DKIM key";
const SELECTOR_LETTERS = 16;
const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048, // the most that every receiver verifies, and the least that Gmail recommends
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
};

export const SEALED_KEYS = sealedColumn("DKIM keys", {
  table: sendingDomains,
  id: sendingDomains.id,
  column: sendingDomains.sealedPrivateKey,
  purpose: PURPOSE,
});

/** A key pair and the name that its public half is published under. Nobody can publish it before it is made. */
export type NewDkimKey = { selector: string; publicKey: string; sealedPrivateKey: string };

export async function newDkimKey({ config }: Pick<Services, "config">): Promise<NewDkimKey> {
  const pair = await crypto.subtle.generateKey(RSA, true, ["sign", "verify"]);
  const [publicKey, privateKey] = [
    await crypto.subtle.exportKey("spki", pair.publicKey),
    await crypto.subtle.exportKey("pkcs8", pair.privateKey),
  ].map((key) => new Uint8Array(key).toBase64());
  return {
    selector: `d${randomBase32(SELECTOR_LETTERS)}`,
    publicKey: publicKey!,
    sealedPrivateKey: encrypt(privateKey!, config.appSecret, PURPOSE),
  };
}

/** The key as the transport takes it. */
export function openDkimKey(
  { config }: Pick<Services, "config">,
  { domain, selector, sealedPrivateKey }: { domain: string; selector: string; sealedPrivateKey: string },
): DkimKey {
  const lines = decrypt(sealedPrivateKey, config.appSecrets, PURPOSE).match(/.{1,64}/g)!;
  const privateKey = ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----", ""].join("\n");
  return { domain, selector, privateKey };
}
