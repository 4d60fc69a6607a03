import { z } from "zod";
import { membersWith } from "../notifications/audience.ts";
import { notificationKind } from "../notifications/kind.ts";
import { EXPORT_READY } from "./events.ts";
import { DATA_EXPORT } from "./permissions.ts";

export const EXPORT_DONE = notificationKind("export_ready", {
  label: "An export of the workspace's data is ready",
  sentence: "The data of {name} is ready to download for one day.",
  event: EXPORT_READY,
  permission: DATA_EXPORT,
  channels: { feed: true, email: true, push: true },
  data: z.object({ name: z.string() }),
  of: ({ name }) => ({ name }),
  to: membersWith(DATA_EXPORT),
  link: () => "/settings/data",
});
