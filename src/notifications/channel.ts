import type { NOTIFICATION_CHANNELS } from "../../db/control/schema/notifications.ts";

/** How people can be told: in their feed, by email, on their devices, or by text message. */
export type Channel = typeof NOTIFICATION_CHANNELS[number];

/** In the order in which pages show them. */
export const CHANNELS: readonly Channel[] = ["feed", "email", "push", "text"];

/** The channels that a kind offers, and whether each is on for people who chose nothing. */
export type ChannelDefaults = {
  readonly feed: boolean;
  readonly email?: boolean;
  readonly push?: boolean;
  readonly text?: boolean;
};
