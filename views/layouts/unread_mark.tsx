import { componentText } from "../components/component_text.ts";
import { hx } from "../components/hx.ts";

/** More are shown as "99+". */
const MAX_SHOWN = 99;

export type UnreadMarkProps = {
  count: number;
  /** The version of the feed in which they are unread. The page asks for what has changed since. */
  version: number;
};

/** How many notifications are unread, at the end of a link. Empty if none is. */
export function UnreadMark({ count, version }: UnreadMarkProps) {
  return (
    <span id="unread" class="empty:hidden" data-version={version}>
      {count > 0
        ? (
          <span class="rounded-full bg-ink px-1.5 py-0.5 text-xs font-medium text-canvas tabular-nums">
            {count > MAX_SHOWN ? `${MAX_SHOWN}+` : count}
            <span class="sr-only">{` ${componentText.use().unread}`}</span>
          </span>
        )
        : null}
    </span>
  );
}

/** The same, kept up to date while the page is open: app.js sends it the event `told` when something has changed. */
export function LiveUnreadMark(unread: UnreadMarkProps) {
  const refreshed = hx({
    get: "/notifications/changes",
    trigger: "told",
    target: "#flash",
    swap: "none",
    sync: "this:queue last",
  });
  return (
    <span id="told" class="ms-auto" role="status" {...refreshed}>
      <UnreadMark {...unread} />
    </span>
  );
}
