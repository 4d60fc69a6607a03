import { Buffer } from "node:buffer";
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Config } from "../config.ts";
import { invalid } from "../errors.ts";
import { PRODUCT_NAME } from "../email/brand.ts";
import { type Problem, problem } from "../platform/problem.ts";
import { StartError } from "../platform/start_error.ts";
import { isBuiltFromNames, isCommonPassword } from "./common_passwords.ts";
import { HashQueue } from "./hash_queue.ts";
import { isLeakedPassword } from "./leaked_passwords.ts";

export const MIN_PASSWORD_LENGTH = 12;
export const MAX_PASSWORD_LENGTH = 128;

export const PASSWORD_TOO_LONG = problem(
  "password_too_long",
  `Use ${MAX_PASSWORD_LENGTH} characters at most.`,
);
const PASSWORD_MISSING = problem("password_missing", "Enter a password.");
const PASSWORD_TOO_SHORT = problem("password_too_short", "Use at least {minimum} characters.");
const PASSWORD_NOT_TEXT = problem("password_not_text", "This is not valid text.");
const PASSWORD_IS_EMAIL = problem("password_is_email", "Don't use your email address as your password.");
const PASSWORD_TOO_COMMON = problem(
  "password_too_common",
  "This password is too common. Choose a different one.",
);
const PASSWORD_FROM_NAMES = problem(
  "password_from_names",
  "Don't build your password from your name, your company or your email address.",
);
const PASSWORD_LEAKED = problem(
  "password_leaked",
  "This password has appeared in a data leak. Choose a different one.",
);

/**
 * OWASP's first choice for Argon2id: 46 MiB, 1 pass, 1 lane. Below 32 MiB, glibc neither frees nor reuses a hash's memory, and
 * the process grows by 19 MiB with each sign-in.
 */
const MEMORY_KIB = 47_104;
const PASSES = 1;
const LANES = 1;
const SALT_BYTES = 16;
const HASH_BITS = 256;

const queue = new HashQueue();

/** In UTF-16 units. The limit applies before normalization, which takes quadratic time. */
const MAX_TYPED_LENGTH = MAX_PASSWORD_LENGTH * 4;

type Parameters = { memory: number; passes: number; lanes: number; salt: Uint8Array; hash: Uint8Array };

/** `begin` runs when the check's turn comes. If it throws, the check doesn't take place. `signal` ends the wait. */
export type CheckOptions = { signal?: AbortSignal; begin?: () => Promise<void> };

/** Whether the password is correct, and whether its stored hash uses outdated parameters. */
export type PasswordCheck = { matches: boolean; outdated: boolean };

type PasswordConfig = Pick<Config, "passwordRangeUrl">;

/** Whose password it is. `names` are the person's and the company's, as far as they are known. */
export type PasswordOwner = { email: string; names?: readonly string[] };

/** Throws `invalid` on the field `password` if `findNewPasswordProblem` finds a problem. */
export async function checkNewPassword(
  config: PasswordConfig,
  typed: string,
  owner: PasswordOwner,
): Promise<void> {
  const password = await findNewPasswordProblem(config, typed, owner);
  if (password) throw invalid({ password });
}

/** Like `findPasswordProblem`, and refuses leaked passwords if a service that knows them is configured. */
export async function findNewPasswordProblem(
  config: PasswordConfig,
  typed: string,
  owner: PasswordOwner,
): Promise<Problem | null> {
  const weakness = findPasswordProblem(typed, owner);
  if (weakness) return weakness;
  return await isLeakedPassword(config, normalize(typed)) ? PASSWORD_LEAKED : null;
}

/** Why a password can't be chosen: too short, too long, common, or made of names that a stranger tries first. Null if it can. */
export function findPasswordProblem(typed: string, { email, names = [] }: PasswordOwner): Problem | null {
  if (typed === "") return PASSWORD_MISSING;
  if (typed.length > MAX_TYPED_LENGTH) return PASSWORD_TOO_LONG;
  if (!typed.isWellFormed()) return PASSWORD_NOT_TEXT;
  const password = normalize(typed);
  const length = [...password].length;
  if (length < MIN_PASSWORD_LENGTH) return PASSWORD_TOO_SHORT.with({ minimum: MIN_PASSWORD_LENGTH });
  if (length > MAX_PASSWORD_LENGTH) return PASSWORD_TOO_LONG;
  if (password.trim().toLowerCase() === email.trim().toLowerCase()) return PASSWORD_IS_EMAIL;
  if (isCommonPassword(password)) return PASSWORD_TOO_COMMON;
  const known = [PRODUCT_NAME, ...names, email.replace(/\.[^.@]*$/, "")];
  return isBuiltFromNames(password, known) ? PASSWORD_FROM_NAMES : null;
}

/**
 * The password's Argon2id hash (RFC 9106) as a PHC string: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. Throws `unavailable`
 * if too many hashes are waiting. `signal` ends the wait.
 */
export async function hashPassword(password: string, signal?: AbortSignal): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const parameters = { memory: MEMORY_KIB, passes: PASSES, lanes: LANES, salt };
  const hash = await queue.run(() => argon2id(password, parameters, HASH_BITS), signal);
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${unpadded(salt)}$${unpadded(hash)}`;
}

/**
 * Compares a password with a stored hash. Without a hash (an unknown address, or an account without a password), the check takes
 * the same time and doesn't match, so timing reveals nothing. Throws `unavailable` if too many hashes are waiting.
 */
export async function verifyPassword(
  password: string,
  stored: string | null,
  { signal, begin }: CheckOptions = {},
): Promise<PasswordCheck> {
  const parameters = parsePhc(stored ?? await decoyHash());
  const bits = parameters.hash.length * 8;
  const hash = await queue.run(async () => {
    await begin?.();
    return await argon2id(password, parameters, bits);
  }, signal);
  const matches = timingSafeEqual(hash, parameters.hash) && stored !== null;
  const outdated = parameters.memory !== MEMORY_KIB || parameters.passes !== PASSES ||
    parameters.lanes !== LANES;
  return { matches, outdated };
}

/** Throws `StartError` if this version of Deno can't hash passwords. Some platforms choose an older version. */
export async function requireArgon2id(
  subtle: Pick<SubtleCrypto, "importKey"> = crypto.subtle,
): Promise<void> {
  try {
    await importSecret("", subtle);
  } catch (cause) {
    throw new StartError(
      `This version of Deno (${Deno.version.deno}) can't hash passwords with Argon2id. Run Denizen with Deno 2.9.6 or newer.`,
      { cause },
    );
  }
}

let decoy: Promise<string> | undefined;

function decoyHash(): Promise<string> {
  return decoy ??= hashPassword("nobody has this password").catch((error) => {
    decoy = undefined;
    throw error;
  });
}

/** Keyboards and systems encode the same characters differently. NFKC maps them to one form. */
function normalize(password: string): string {
  return password.normalize("NFKC");
}

async function argon2id(
  password: string,
  { memory, passes, lanes, salt }: Omit<Parameters, "hash">,
  bits: number,
): Promise<Uint8Array> {
  const key = await importSecret(password, crypto.subtle);
  const algorithm = { name: "Argon2id", nonce: salt, parallelism: lanes, memory, passes };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, bits));
}

/** WebCrypto's Argon2 ("Modern Algorithms in the Web Cryptography API") is in Deno, but not yet in its types. */
function importSecret(password: string, subtle: Pick<SubtleCrypto, "importKey">): Promise<CryptoKey> {
  const secret = new TextEncoder().encode(normalize(password));
  return subtle.importKey("raw-secret" as "raw", secret, "Argon2id", false, ["deriveBits"]);
}

function parsePhc(text: string): Parameters {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(text);
  if (!match) throw new Error("A stored password hash is not an Argon2id PHC string");
  const [, memory, passes, lanes, salt, hash] = match;
  return {
    memory: Number(memory),
    passes: Number(passes),
    lanes: Number(lanes),
    salt: Buffer.from(salt!, "base64"),
    hash: Buffer.from(hash!, "base64"),
  };
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("=", "");
}
