import { z } from "zod";
import type { UserId } from "../access/actor.ts";
import { yearMonth } from "../analytics/days.ts";
import { idSchema } from "../platform/ids.ts";

const userId = idSchema<UserId>();

/**
 * What a job of the queue `email` is to send, and to whom. It carries ids: what the message says is read when it is sent,
 * and the secrets of its links are made then, so that none of them ever lies in the outbox.
 */
export const emailRequest = z.discriminatedUnion("message", [
  z.object({ message: z.literal("welcome"), userId }),
  z.object({ message: z.literal("verify_address"), userId }),
  /** No name: the product itself invites. */
  z.object({ message: z.literal("invitation"), userId, inviterName: z.string().nullable() }),
  /** By the address that someone typed: whether it has an account is found out later, where nobody measures the time. */
  z.object({
    message: z.literal("reset_password"),
    address: z.string(),
    ipAddress: z.string(),
    userAgent: z.string(),
  }),
  /** To an address without an account. */
  z.object({ message: z.literal("sign_up_code"), pendingSignUpId: z.uuid() }),
  z.object({ message: z.literal("deletion_scheduled"), userId, requestedBy: z.string() }),
  z.object({ message: z.literal("monthly_report"), userId, month: yearMonth }),
]);

export type EmailRequest = z.output<typeof emailRequest>;
