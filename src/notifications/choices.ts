import { and, eq, inArray, sql } from "drizzle-orm";
import { z } from "zod";
import { notificationChoices, notificationTimes } from "../../db/control/schema/notifications.ts";
import type { UserId } from "../access/actor.ts";
import { authorizeSelf } from "../access/authorize.ts";
import type { SystemContext } from "../context.ts";
import { invalid } from "../errors.ts";
import { idArray } from "../platform/array_literals.ts";
import { problem } from "../platform/problem.ts";
import { TIME_ZONES } from "../tenancy/time_zones.ts";
import { canGetTexts } from "../text_messages/send_text.ts";
import { type Channel, CHANNELS } from "./channel.ts";
import { type NotificationKind, notificationKinds } from "./kind.ts";
import { DEFAULT_TIMES, type NotificationTimes } from "./times.ts";

const TIME_INVALID = problem("notification_time_invalid", "Enter a time such as 22:00.");
const ZONE_INVALID = problem("notification_zone_invalid", "Choose a time zone from the list.");

/** Where a person wants the notifications of a kind. A channel that the kind doesn't offer is missing. */
export type KindChoices = Partial<Record<Channel, boolean>>;

export type NotificationSettings = {
  kinds: { kind: NotificationKind; choices: KindChoices }[];
  /** The channels that reach the person. */
  channels: Channel[];
  times: NotificationTimes;
};

/** Which notifications a person gets, where, and when, in all workspaces. Throws `forbidden` for anyone but themselves. */
export async function getNotificationSettings(
  ctx: SystemContext,
  userId: UserId,
): Promise<NotificationSettings> {
  authorizeSelf(ctx, userId);
  const [chosen, times, channels] = await Promise.all([
    ctx.control.select().from(notificationChoices).where(eq(notificationChoices.userId, userId)),
    readTimes(ctx, [userId]),
    reaching(ctx, userId),
  ]);
  const isChosen = new Map(chosen.map(({ kind, channel, isOn }) => [`${kind} ${channel}`, isOn]));
  const kinds = notificationKinds().map((kind) => ({
    kind,
    choices: Object.fromEntries(
      channelsOf(kind).map((channel) => [
        channel,
        isChosen.get(`${kind.name} ${channel}`) ?? kind.channels[channel] ?? false,
      ]),
    ),
  }));
  return { kinds, channels, times: times.get(userId) ?? DEFAULT_TIMES };
}

/** A time as `<input type=time>` sends it. Empty: none. */
const time = z.string().regex(/^(?:|(?:[01]\d|2[0-3]):[0-5]\d)$/, TIME_INVALID.code).default("");

export const notificationTimesInput = z.object({
  timeZone: z.string().refine((name) => TIME_ZONES.includes(name), ZONE_INVALID.code).default("UTC"),
  quietFrom: time,
  quietUntil: time,
  isDigest: z.literal("on").optional(),
});

/**
 * Changes where and when a person gets notifications. `isOn` answers for each kind and channel. Channels that don't reach the person keep what was
 * chosen. Throws `invalid` if quiet hours lack their start or their end, and `forbidden` for anyone but themselves.
 */
export async function changeNotificationSettings(
  ctx: SystemContext,
  userId: UserId,
  { timeZone, quietFrom, quietUntil, isDigest }: z.output<typeof notificationTimesInput>,
  isOn: (kind: string, channel: Channel) => boolean,
): Promise<void> {
  authorizeSelf(ctx, userId);
  if (quietUntil !== "" && quietFrom === "") throw invalid({ quietFrom: TIME_INVALID });
  if (quietFrom !== "" && quietUntil === "") throw invalid({ quietUntil: TIME_INVALID });
  const channels = await reaching(ctx, userId);
  const different = notificationKinds().flatMap((kind) =>
    channelsOf(kind).filter((channel) => channels.includes(channel))
      .map((channel) => ({ userId, kind: kind.name, channel, isOn: isOn(kind.name, channel) }))
      .filter((choice) => choice.isOn !== kind.channels[choice.channel])
  );
  const times = {
    timeZone,
    quietFrom: minuteOf(quietFrom),
    quietUntil: minuteOf(quietUntil),
    isDigest: isDigest === "on",
  };
  const areShown = and(
    eq(notificationChoices.userId, userId),
    inArray(notificationChoices.channel, channels),
  );
  await ctx.tx(async (tx) => {
    await tx.insert(notificationTimes).values({ userId, ...times })
      .onConflictDoUpdate({ target: notificationTimes.userId, set: times });
    await tx.delete(notificationChoices).where(areShown);
    if (different.length > 0) await tx.insert(notificationChoices).values(different);
  });
}

/** Where each of these people wants the notifications of a kind. */
export async function readChannels(
  { control }: Pick<SystemContext, "control">,
  kind: NotificationKind,
  people: readonly UserId[],
): Promise<Map<UserId, ReadonlySet<Channel>>> {
  const chosen = await control.select().from(notificationChoices).where(and(
    sql`${notificationChoices.userId} = any(${idArray(people)}::uuid[])`,
    eq(notificationChoices.kind, kind.name),
    inArray(notificationChoices.channel, [...CHANNELS]),
  ));
  const of = Map.groupBy(chosen, ({ userId }) => userId);
  return new Map(people.map((id) => {
    const own = new Map(of.get(id)?.map(({ channel, isOn }) => [channel, isOn]));
    return [id, new Set(channelsOf(kind).filter((channel) => own.get(channel) ?? kind.channels[channel]))];
  }));
}

/** When each of these people wants to be told. People who chose nothing are missing. */
export async function readTimes(
  { control }: Pick<SystemContext, "control">,
  people: readonly UserId[],
): Promise<Map<UserId, NotificationTimes>> {
  const rows = await control.select().from(notificationTimes)
    .where(sql`${notificationTimes.userId} = any(${idArray(people)}::uuid[])`);
  return new Map(rows.map(({ userId, timeZone, quietFrom: from, quietUntil: until, isDigest }) => {
    const quiet = from === null || until === null ? null : { from, until };
    return [userId, { timeZone, quiet, isDigest }];
  }));
}

/** The channels that a kind offers. */
export function channelsOf({ channels }: NotificationKind): Channel[] {
  return CHANNELS.filter((channel) => channels[channel] !== undefined);
}

function minuteOf(typed: string): number | null {
  if (typed === "") return null;
  const [hours, minutes] = typed.split(":").map(Number);
  return hours! * 60 + minutes!;
}

/** A text message needs a phone. */
async function reaching(ctx: SystemContext, userId: UserId): Promise<Channel[]> {
  const isTexted = await canGetTexts(ctx, userId);
  return CHANNELS.filter((channel) => channel !== "text" || isTexted);
}
