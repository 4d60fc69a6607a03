import { isLiveKey } from "../../config.ts";
import { unavailable } from "../../errors.ts";
import { problem } from "../../platform/problem.ts";
import { part, type Services } from "../../ports.ts";
import { receiveEvent } from "../intake.ts";
import { toCatalogMetric } from "../meter.ts";
import type { Gateway } from "./gateway.ts";
import { SandboxGateway } from "./sandbox/sandbox.ts";
import { StripeGateway } from "./stripe/stripe.ts";

const PAYMENTS_OFF = problem("payments_off", "Payments aren't set up in this installation.");

const RETRY_SECONDS = 3_600;

/** The gateway of this installation. */
export const GATEWAY = part<Gateway>("payment gateway", openGateway);

/** The sandbox's own methods, for its pages, the CLI and tests. Null if another gateway is configured. */
export function sandboxOf({ use }: Pick<Services, "use">): SandboxGateway | null {
  const gateway = use(GATEWAY);
  return gateway instanceof SandboxGateway ? gateway : null;
}

function openGateway(services: Services): Gateway {
  const { stripeSecretKey: secretKey, stripeWebhookSecret: webhookSecret, stripeUrl: url } = services.config;
  if (secretKey && webhookSecret) {
    return new StripeGateway({
      secretKey,
      webhookSecret,
      url,
      isLive: isLiveKey(secretKey),
      clock: services.clock,
      metrics: services.meters.map(toCatalogMetric),
    });
  }
  // The sandbox takes any test card, so it would give plans away.
  if (services.config.environment === "production") return withoutPayments();
  return new SandboxGateway(
    services,
    services.meters.map(toCatalogMetric),
    async (_accountId, customerId, events) => {
      for (const { id, type, at, objectId } of events) {
        const createdAt = new Date(at);
        const body = { id, type, created_at: createdAt, customer_id: customerId, object_id: objectId };
        const event = { id, type, createdAt, isLive: false, customerId };
        await receiveEvent(services, "sandbox", event, JSON.stringify(body));
      }
    },
  );
}

/** Nothing can be bought. Whatever asks the gateway throws `unavailable`. */
function withoutPayments(): Gateway {
  const known: Pick<Gateway, "name" | "isLive"> = { name: "sandbox", isLive: false };
  const refuse = () => {
    throw unavailable(PAYMENTS_OFF, RETRY_SECONDS);
  };
  return new Proxy(known as Gateway, {
    // An awaited object is asked for `then`.
    get: (target, name) => name in target || name === "then" ? target[name as keyof Gateway] : refuse,
  });
}
