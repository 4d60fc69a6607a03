import type { AvatarColor } from "../../src/identity/users.ts";
import { Avatar } from "./avatar.tsx";
import { componentText } from "./component_text.ts";
import { EmptyState } from "./empty_state.tsx";
import { Time } from "./time.tsx";

/** A piece of what happened. A name stands out, and can lead to its page. */
export type SummaryPart = { text: string; isName?: boolean; href?: string };

export type Activity = {
  at: Date;
  actorName: string;
  /** The color that the person chose. */
  actorColor?: AvatarColor | null;
  /** The person's page. */
  actorHref?: string;
  summary: string | SummaryPart[];
};

const NAME = "rounded-sm font-medium text-ink";

/** Who did what and when, newest first. An empty list shows `emptyText`. */
export function ActivityList(
  { activity, now, emptyText }: { activity: Activity[]; now: Date; emptyText: string },
) {
  if (activity.length === 0) {
    return <EmptyState icon="inbox" title={componentText.use().noActivity} text={emptyText} />;
  }
  return (
    <ol class="divide-y divide-line">
      {activity.map(({ at, actorName, actorColor, actorHref, summary }) => (
        <li class="flex min-h-11 items-start gap-3 px-4 py-2.5">
          <Avatar name={actorName} color={actorColor} size="small" />
          <p class="line-clamp-3 min-w-0 flex-1 py-0.5 text-muted wrap-anywhere">
            <Part text={actorName} isName href={actorHref} />{" "}
            {typeof summary === "string"
              ? summary
              : summary.map((part) => <Part key={part.text} {...part} />)}
          </p>
          <span class="shrink-0 py-0.5 text-sm text-faint">
            <Time at={at} now={now} />
          </span>
        </li>
      ))}
    </ol>
  );
}

function Part({ text, isName = false, href }: SummaryPart) {
  if (href) {
    return (
      <a href={href} class={`${NAME} hover:underline`}>
        <bdi>{text}</bdi>
      </a>
    );
  }
  return isName ? <bdi class={NAME}>{text}</bdi> : <>{text}</>;
}
