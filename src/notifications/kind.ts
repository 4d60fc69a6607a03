import type { z } from "zod";
import type { UserId } from "../access/actor.ts";
import type { Permission } from "../access/permissions.ts";
import type { Event } from "../events/event.ts";
import type { EventReader } from "../events/reader.ts";
import type { JobRun } from "../outbox/job.ts";
import type { QueueName } from "../outbox/queues.ts";
import {
  formatNumber,
  PLACEHOLDER,
  type ReaderLanguage,
  type Wording,
  wording,
} from "../platform/wording.ts";
import type { Services } from "../ports.ts";
import type { ChannelDefaults } from "./channel.ts";

/** The job that tells people about an event. src/notifications/notify.ts runs it. */
export const NOTIFY = { name: "notifications.notify", queue: "email" as QueueName };

/** What a notification says. Its values fill the sentence. */
export type NotificationData = Readonly<Record<string, unknown>>;

/** Whom a notification is for: pages of ids, so that any number of people can be told. */
export type NotificationAudience<Data = NotificationData> = (
  run: JobRun,
  data: Data,
) => AsyncIterable<UserId[]>;

/** A kind of notification. It reads one event. */
export type NotificationKind = {
  readonly name: string;
  /** What people choose it by, such as "Someone joins". */
  readonly label: Wording;
  /** The notification itself: "{name} joined the workspace." */
  readonly sentence: Wording;
  readonly reader: EventReader;
  /** Who may see it in a workspace. Null: everyone who was told. */
  readonly permission: Permission | null;
  /** Whether it shows in each of the person's workspaces, and not only in the one that it is about. */
  readonly isPersonal: boolean;
  readonly channels: ChannelDefaults;
  /** Whether quiet hours and daily emails don't delay it: what is about security or billing. */
  readonly isUrgent: boolean;
  /** Whether the person who caused the event gets it as well: what happens to them, rather than what they do. */
  readonly tellsActor: boolean;
  /** Whether the event has an email of its own to the owners, so that they get no other. */
  readonly ownersAreEmailed: boolean;
  /** What the event gives. */
  readonly data: z.ZodObject;
  readonly to: NotificationAudience;
  /** The values to keep, or null if there is nothing left to say. */
  load(run: JobRun, data: NotificationData): Promise<NotificationData | null>;
  /** Where it leads: a path in the workspace, or a URL. */
  link(data: NotificationData, services: Services): string;
};

type Declared<Row extends object, Schema extends z.ZodObject> = {
  label: string;
  sentence: string;
  event: Event<Row>;
  permission: Permission | null;
  isPersonal?: boolean;
  channels?: ChannelDefaults;
  isUrgent?: boolean;
  tellsActor?: boolean;
  ownersAreEmailed?: boolean;
  data: Schema;
  of(row: Row, details: Record<string, unknown>): NoInfer<z.input<Schema>>;
  to: NotificationAudience<NoInfer<z.output<Schema>>>;
  load?(run: JobRun, data: NoInfer<z.output<Schema>>): Promise<NotificationData | null>;
  link(data: NotificationData, services: Services): string;
};

const declared = new Map<string, NotificationKind>();

/** Declares a kind of notification, beside the feature whose event it reads. The feature lists it in its `feature.ts`. */
export function notificationKind<Row extends object, Schema extends z.ZodObject>(
  name: string,
  {
    label,
    sentence,
    event,
    isPersonal = false,
    channels = { feed: true },
    isUrgent = false,
    tellsActor = false,
    ownersAreEmailed = false,
    of,
    to,
    load,
    ...rest
  }: Declared<Row, Schema>,
): NotificationKind {
  const kind: NotificationKind = {
    name,
    label: wording(`notification.${name}.label`, label),
    sentence: wording(`notification.${name}.sentence`, sentence),
    isPersonal,
    channels,
    isUrgent,
    tellsActor,
    ownersAreEmailed,
    reader: {
      event: event.name,
      job: NOTIFY,
      owner: event.log === "platform" && event.subject === null ? "platform" : "tenant",
      payloadOf: (row, details) => ({ kind: name, data: of(row as Row, details) }),
    },
    to: to as NotificationAudience,
    load: async (run, data) => load ? await load(run, data as z.output<Schema>) : data,
    ...rest,
  };
  declared.set(name, kind);
  return kind;
}

/** Every kind that a feature declares, in the order of declaration. */
export function notificationKinds(): NotificationKind[] {
  return [...declared.values()];
}

export function findKind(name: string): NotificationKind | null {
  return declared.get(name) ?? null;
}

/** What a notification says, in the reader's language. */
export function notificationText(
  kind: NotificationKind,
  data: NotificationData,
  { tag, translate }: ReaderLanguage,
): string {
  return translate(kind.sentence).replaceAll(PLACEHOLDER, (_, name: string) => {
    const value = data[name];
    return typeof value === "number" ? formatNumber(value, tag) : String(value ?? "…");
  });
}
