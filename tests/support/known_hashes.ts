/**
 * Remembers Argon2id hashes by password, salt and parameters, because every test signs in with the same password, and a hash
 * takes a fifth of a second. Tests that compare times don't load this module.
 */
const { subtle } = crypto;
const importKey = subtle.importKey.bind(subtle) as (...input: unknown[]) => Promise<CryptoKey>;
const deriveBits = subtle.deriveBits.bind(subtle) as (...input: unknown[]) => Promise<ArrayBuffer>;
const secrets = new WeakMap<CryptoKey, string>();
const known = new Map<string, Promise<ArrayBuffer>>();

Object.assign(subtle, {
  async importKey(...input: unknown[]): Promise<CryptoKey> {
    const key = await importKey(...input);
    if (input[2] === "Argon2id") secrets.set(key, hex(input[1] as Uint8Array));
    return key;
  },
  async deriveBits(algorithm: Record<string, unknown>, key: CryptoKey, length: number): Promise<ArrayBuffer> {
    const secret = secrets.get(key);
    if (secret === undefined) return await deriveBits(algorithm, key, length);
    const input = JSON.stringify([
      { ...algorithm, nonce: hex(algorithm.nonce as Uint8Array) },
      secret,
      length,
    ]);
    if (!known.has(input)) known.set(input, deriveBits(algorithm, key, length));
    return (await known.get(input)!).slice(0);
  },
});

function hex(bytes: Uint8Array): string {
  return new Uint8Array(bytes).toHex();
}
