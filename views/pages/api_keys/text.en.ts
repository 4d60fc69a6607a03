import { plural } from "../../text.ts";

export const en = {
  title: "API keys",
  new: "New API key",
  columns: {
    name: "Name",
    permissions: "Can do",
    creator: "Created by",
    lastUsed: "Last used",
    expires: "Expires",
  },
  none: "Let programs work for you",
  noneHint: "An API key lets a program, such as your CI, call the API with the permissions that you choose.",
  actions: (name: string) => `Actions for ${name}`,
  never: "Never",
  neverUsed: "Not used yet",
  used: "Last used: {time}",
  expired: "Expired",
  expiresOn: "Expires {day}",
  neverExpires: "Never expires",

  name: "Name",
  nameHint: "Say where the key is used, such as “CI” or “Billing export”.",
  permissions: "What can the key do?",
  expiry: "Expiration",
  expiryHint: "The key stops working after that.",
  expiries: { "30": "30 days", "90": "90 days", "365": "1 year", never: "No expiration" },
  allowedIps: "Allowed IP addresses",
  allowedIpsHint:
    "One address or range a line, such as 203.0.113.0/24. If empty, any address can use the key.",
  requests: "Requests per minute",
  requestsHint: (limit: string) =>
    `Your plan allows ${limit} for the whole workspace. Leave it empty to use all of them.`,
  create: "Create API key",
  cancel: "Cancel",

  createdTitle: "Save your API key",
  createdLead: "Copy the key for {name} now. You won't see it again.",
  secret: "API key",
  secretHint: "Treat it like a password. Keep it out of code and browsers.",
  tryIt: "Try it",
  done: "Done",
  madeBefore: "This key already exists, and it can't be shown again. Rotate it to get a new one.",

  facts: "Details",
  prefix: "Starts with",
  addresses: "Allowed addresses",
  anyAddress: "Any address",
  limit: "Requests per minute",
  wholePlan: "Up to your plan's limit",
  creator: "Created by",
  createdOn: "Created",
  lastUsed: "Last used",
  expires: "Expires",
  can: "What this key can do",
  canHint: "It never does more than {name} can do, and it ends when they leave the workspace.",

  rotate: "Rotate",
  rotateTitle: "Rotate API key",
  rotateLead:
    "You get a new key for {name}. The current key keeps working for a while, so you can replace it everywhere.",
  overlap: "Keep the current key working for",
  overlaps: { "0": "No time: stop it now", "1": "1 hour", "24": "1 day", "168": "7 days" },
  rotateButton: "Rotate API key",
  rotatedTitle: "Save your new API key",
  overlapUntil: (hours: number) =>
    hours === 0
      ? "The earlier key no longer works."
      : hours < 48
      ? `The earlier key works for ${plural(hours, "more hour", "more hours")}.`
      : `The earlier key works for ${plural(hours / 24, "more day", "more days")}.`,

  revoke: "Revoke",
  revokeTitle: "Revoke API key",
  revokeLead: "Programs that use {name} stop working right away. You can't undo this.",
  revokeButton: "Revoke API key",
  revoked: (name: string) => `API key ${name} revoked.`,
};
