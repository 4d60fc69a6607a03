import { z } from "zod";
import { type Clock, SECOND } from "../../../platform/clock.ts";
import type { VerifiedEvent } from "../gateway.ts";
import { isStripeFailure, type StripeClient } from "./client.ts";
import { idOf, toDate } from "./shapes.ts";

/** A signed event may be this old, or this far ahead. The SDK lets any time in the future pass. */
const TOLERANCE_SECONDS = 300;

const reference = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]);
const eventBody = z.object({
  object: z.literal("event"),
  id: z.string(),
  type: z.string(),
  created: z.number(),
  livemode: z.boolean(),
  data: z.object({
    object: z.object({
      object: z.string().nullish().catch(null),
      id: z.string().nullish().catch(null),
      customer: reference.nullish().catch(null),
      charge: reference.nullish().catch(null),
    }),
  }),
});

/** Checks Stripe's signature (https://docs.stripe.com/webhooks/signature) over the exact bytes, and reads whom the event is about. */
export async function verifyEvent(
  body: Uint8Array,
  signature: string | undefined,
  { secret, clock, client }: { secret: string; clock: Clock; client: StripeClient },
): Promise<VerifiedEvent> {
  const { Stripe } = await import("stripe");
  const now = clock.now().getTime();
  if (signature === undefined) return { verdict: "invalid", reason: "The signature is missing." };
  if (signedAt(signature) > now / SECOND + TOLERANCE_SECONDS) {
    return { verdict: "invalid", reason: "The signature is ahead." };
  }
  try {
    const crypto = Stripe.createSubtleCryptoProvider();
    const event: unknown = await Stripe.webhooks.constructEventAsync(
      body,
      signature,
      secret,
      TOLERANCE_SECONDS,
      crypto,
      now,
    );
    return await read(event, client);
  } catch (error) {
    // The signature is checked first. What fails later is signed, but no event of the kind that we take.
    return isStripeFailure(error) && error.type === "StripeSignatureVerificationError"
      ? { verdict: "invalid", reason: "The signature is wrong or too old." }
      : { verdict: "unknown", reason: "The body is no event." };
  }
}

async function read(event: unknown, client: StripeClient): Promise<VerifiedEvent> {
  const parsed = eventBody.safeParse(event);
  if (!parsed.success) return { verdict: "unknown", reason: "The body is no event." };
  const { id, type, created, livemode, data: { object } } = parsed.data;
  const named = object.object === "customer" ? object.id : object.customer;
  const customerId = named ?? (object.object === "dispute" ? await payerOf(object.charge, client) : null);
  return { verdict: "valid", event: { id, type, createdAt: toDate(created), isLive: livemode, customerId } };
}

/** A dispute names only its charge. Null if Stripe doesn't say whose that is: the nightly reconciliation sees the dispute. */
async function payerOf(chargeId: string | null | undefined, client: StripeClient): Promise<string | null> {
  if (!chargeId) return null;
  try {
    const { customer } = await client.call((stripe) => stripe.charges.retrieve(chargeId));
    return idOf(customer);
  } catch {
    return null;
  }
}

/** The time that the signature names, in seconds, as the SDK reads it: the last one counts. Not a number without one. */
function signedAt(signature: string): number {
  const times = signature.split(",").map((part) => part.split("=")).filter(([name]) => name === "t");
  return Number.parseInt(times.at(-1)?.[1] ?? "", 10);
}
