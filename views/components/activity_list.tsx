import { Avatar } from "./avatar.tsx";
import { EmptyState } from "./empty_state.tsx";
import { Time } from "./time.tsx";

export type Activity = { at: Date; actorName: string; summary: string };

/** Who did what and when, newest first. An empty list shows `emptyText`. */
export function ActivityList(
  { activity, now, emptyText }: { activity: Activity[]; now: Date; emptyText: string },
) {
  if (activity.length === 0) {
    return <EmptyState icon="inbox" title="No activity yet" text={emptyText} />;
  }
  return (
    <ol class="divide-y divide-line">
      {activity.map(({ at, actorName, summary }) => (
        <li class="flex min-h-11 items-start gap-3 px-4 py-2.5">
          <Avatar name={actorName} size="small" />
          <p class="min-w-0 flex-1 wrap-anywhere">
            <span class="font-medium">{actorName}</span> <span class="text-muted">{summary}</span>
          </p>
          <span class="shrink-0 text-sm text-muted">
            <Time at={at} now={now} />
          </span>
        </li>
      ))}
    </ol>
  );
}
