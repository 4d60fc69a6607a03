import type Stripe from "stripe";
import { unavailable } from "../../../errors.ts";
import { SECOND } from "../../../platform/clock.ts";
import { logOf } from "../../../platform/log.ts";
import { problem } from "../../../platform/problem.ts";
import { changedByOthers, unknownObject } from "../gateway_errors.ts";

const UNREACHABLE = problem("gateway_unreachable", "The payment provider doesn't answer. Try again later.");

/** The version of the API that the SDK's types describe. Stripe answers in its shapes, whatever the account's default is. */
const API_VERSION = "2026-10-28.endive";
/** A person may be waiting. With the retry, a call ends after twice as long. */
const ANSWER_TIMEOUT = 15 * SECOND;
const RETRIES = 1;
const RETRY_AFTER_SECONDS = 30;

const log = logOf("billing");

export type StripeAccess = { secretKey: string; url: URL; timeout?: number };

/** Stripe's API through its SDK, which is loaded with the first call because the start doesn't need it. */
export class StripeClient {
  #stripe: Promise<Stripe> | undefined;

  constructor(private readonly access: StripeAccess) {}

  /**
   * Throws `unavailable` if Stripe doesn't answer, is overloaded, or refuses the key, `not_found` for an id that it doesn't know, and
   * `conflict` if a call with the same key and other parameters was first. Other errors of Stripe pass.
   */
  async call<Result>(work: (stripe: Stripe) => Promise<Result>): Promise<Result> {
    const stripe = await (this.#stripe ??= open(this.access));
    try {
      return await work(stripe);
    } catch (error) {
      throw toDomainError(error);
    }
  }
}

/** An error that Stripe answered with. `type` is the SDK's name of the kind, and `code` Stripe's. */
export type StripeFailure = Error & {
  type: string;
  code?: string;
  statusCode?: number;
  requestId?: string;
};

export function isStripeFailure(error: unknown): error is StripeFailure {
  return error instanceof Error && "type" in error && String(error.type).startsWith("Stripe");
}

async function open({ secretKey, url, timeout = ANSWER_TIMEOUT }: StripeAccess): Promise<Stripe> {
  const { Stripe } = await import("stripe");
  return new Stripe(secretKey, {
    apiVersion: API_VERSION,
    host: url.hostname,
    ...(url.port ? { port: url.port } : {}),
    protocol: url.protocol === "http:" ? "http" : "https",
    timeout,
    maxNetworkRetries: RETRIES,
    telemetry: false,
  });
}

function toDomainError(error: unknown): unknown {
  if (!isStripeFailure(error)) return error;
  const { type, code, statusCode, requestId, message } = error;
  if (code === "resource_missing") return unknownObject(/'([^']+)'/.exec(message)?.[1] ?? "this");
  if (type === "StripeIdempotencyError") return changedByOthers();
  if (type === "StripeAuthenticationError" || type === "StripePermissionError") {
    log.error("Stripe refuses STRIPE_SECRET_KEY", { reason: message, requestId });
    return unavailable(UNREACHABLE, RETRY_AFTER_SECONDS);
  }
  const isPassing = type === "StripeConnectionError" || type === "StripeRateLimitError" ||
    statusCode === 409 || statusCode === 429 || (statusCode ?? 0) >= 500;
  if (!isPassing) return error;
  log.warn("Stripe could not be asked", { reason: message, requestId });
  return unavailable(UNREACHABLE, RETRY_AFTER_SECONDS);
}
