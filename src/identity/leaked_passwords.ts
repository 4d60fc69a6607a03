import { createHash } from "node:crypto";
import type { Config } from "../config.ts";
import { SECOND } from "../platform/clock.ts";
import { describeError, logOf } from "../platform/log.ts";

const PREFIX_LENGTH = 5;
const TIME_LIMIT = 1 * SECOND;

const log = logOf("security");

/**
 * Whether a leaked password is the same as this one, by k-anonymity: the service gets 5 hex digits of the SHA-1 and answers with all
 * hashes that begin so. Padding hides how many there are. Returns false if no service is configured or none answers in a second,
 * so that a failing service never keeps people out.
 */
export async function isLeakedPassword(
  { passwordRangeUrl }: Pick<Config, "passwordRangeUrl">,
  password: string,
): Promise<boolean> {
  if (!passwordRangeUrl) return false;
  const hash = createHash("sha1").update(password).digest("hex").toUpperCase();
  try {
    const range = await fetchRange(passwordRangeUrl, hash.slice(0, PREFIX_LENGTH));
    return includes(range, hash.slice(PREFIX_LENGTH));
  } catch (error) {
    log.warn("the service of leaked passwords did not answer", describeError(error));
    return false;
  }
}

async function fetchRange({ href }: URL, prefix: string): Promise<string> {
  const response = await fetch(`${href.replace(/\/$/, "")}/${prefix}`, {
    headers: { "Add-Padding": "true", "User-Agent": "Denizen" },
    redirect: "error",
    signal: AbortSignal.timeout(TIME_LIMIT),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The service answered ${response.status}.`);
  return text;
}

/** Each line is the rest of a hash and how often it leaked. Padding has a count of 0. */
function includes(range: string, rest: string): boolean {
  return range.split("\n").some((line) => {
    const [suffix, count] = line.trim().split(":");
    return suffix?.toUpperCase() === rest && Number(count) > 0;
  });
}
