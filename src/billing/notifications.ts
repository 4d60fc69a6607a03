import { z } from "zod";
import { membersWith } from "../notifications/audience.ts";
import { type NotificationKind, notificationKind } from "../notifications/kind.ts";
import type { Event } from "../events/event.ts";
import { INVOICE_PAYMENT_FAILED, type NamedUsage, USAGE_LIMIT_NEAR, USAGE_LIMIT_REACHED } from "./events.ts";
import { BILLING_MANAGE } from "./permissions.ts";

export const PAYMENT_FAILED = notificationKind("payment_failed", {
  label: "A payment fails",
  sentence: "The payment of invoice {invoice} failed.",
  event: INVOICE_PAYMENT_FAILED,
  permission: BILLING_MANAGE,
  channels: { feed: true, email: false, push: true, text: false },
  isUrgent: true,
  tellsActor: true,
  ownersAreEmailed: true,
  data: z.object({ id: z.uuid(), invoice: z.string() }),
  of: ({ id, name }) => ({ id, invoice: name }),
  to: membersWith(BILLING_MANAGE),
  link: ({ id }) => `/billing/invoices/${id}`,
});

export const LIMIT_NEAR = usageKind("limit_near", USAGE_LIMIT_NEAR, {
  label: "Most of a plan's usage is used",
  sentence: "{metric}: {used} of {limit} used.",
});

export const LIMIT_REACHED = usageKind("limit_reached", USAGE_LIMIT_REACHED, {
  label: "All of a plan's usage is used",
  sentence: "{metric}: all {limit} that your plan includes are used.",
});

export const NOTIFICATION_KINDS = [PAYMENT_FAILED, LIMIT_NEAR, LIMIT_REACHED];

function usageKind(
  name: string,
  event: Event<NamedUsage>,
  texts: { label: string; sentence: string },
): NotificationKind {
  return notificationKind(name, {
    ...texts,
    event,
    permission: BILLING_MANAGE,
    channels: { feed: true, email: false, push: true, text: false },
    isUrgent: true,
    tellsActor: true,
    ownersAreEmailed: true,
    data: z.object({ metric: z.string(), limit: z.int(), used: z.int() }),
    of: ({ name, limit, used }) => ({ metric: name, limit, used }),
    to: membersWith(BILLING_MANAGE),
    link: () => "/billing",
  });
}
