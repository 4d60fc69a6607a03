import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import type { ListPages } from "../../components/list/list_footer.tsx";
import { ListPanel } from "../../components/list/list_panel.tsx";
import { MainCell, Row, ROW_ACTION, RowCell, RowLink } from "../../components/list/list_table.tsx";
import { Time } from "../../components/time.tsx";
import { classes } from "../../components/classes.ts";
import { hx } from "../../components/hx.ts";
import { Icon } from "../../components/icon.tsx";
import { notificationPath, NOTIFICATIONS, type NotificationView } from "./notification_address.ts";
import { notificationText } from "./text.ts";

export type ShownNotification = { id: string; text: string; createdAt: Date; isUnread: boolean };

export type NotificationListProps = {
  notifications: ShownNotification[];
  pages: ListPages;
  counts: Record<NotificationView["status"], number> | null;
  view: NotificationView;
  now: Date;
};

const STATUSES = ["all", "unread", "read"] as const;

/** What the person was told. A change of the filter or the page replaces it. */
export function NotificationList({ notifications, pages, counts, view, now }: NotificationListProps) {
  const text = notificationText.use();
  return (
    <ListPanel
      id="notification-list"
      label={text.title}
      address={NOTIFICATIONS}
      view={view}
      pages={pages}
      tabs={{
        name: "status",
        label: text.filterByStatus,
        counts,
        options: STATUSES.map((value) => ({ value, label: text.statuses[value] })),
      }}
      columns={[
        { label: text.columns.notification },
        { label: text.columns.time, atEnd: true, class: "md:w-28" },
        { label: text.markRead, hiddenLabel: true, atEnd: true, class: "md:w-36" },
      ]}
      rows={notifications.map((each) => <NotificationRow key={each.id} notification={each} now={now} />)}
      empty={view.status === "all"
        ? (
          <EmptyState icon="bell" title={text.none} text={text.noneHint}>
            <ButtonLink href="/account/notifications">{text.chooseNotifications}</ButtonLink>
          </EmptyState>
        )
        : (
          <EmptyState icon="search" title={text.noMatch} text={text.noMatchHint}>
            <ButtonLink href={NOTIFICATIONS.path}>{text.showAll}</ButtonLink>
          </EmptyState>
        )}
    />
  );
}

function NotificationRow(
  { notification: { id, text: said, createdAt, isUnread }, now }: {
    notification: ShownNotification;
    now: Date;
  },
) {
  const path = notificationPath(id);
  return (
    <Row id={`notification-${id}`}>
      <MainCell details={<Time at={createdAt} now={now} />}>
        <RowLink href={path}>
          <span class={classes("flex gap-2.5", !isUnread && "font-normal text-muted")}>
            {isUnread ? <UnreadDot /> : null}
            <span class="wrap-anywhere" dir="auto">{said}</span>
          </span>
        </RowLink>
      </MainCell>
      <RowCell atEnd class="whitespace-nowrap">
        <Time at={createdAt} now={now} />
      </RowCell>
      <RowCell atEnd always class="whitespace-nowrap">{isUnread ? <MarkRead path={path} /> : null}</RowCell>
    </Row>
  );
}

function UnreadDot() {
  return (
    <span class="mt-1.5 size-2 shrink-0 rounded-full bg-accent">
      <span class="sr-only">{`${notificationText.use().unread}: `}</span>
    </span>
  );
}

function MarkRead({ path }: { path: string }) {
  const action = `${path}/read`;
  return (
    <form
      method="post"
      action={action}
      class="relative z-1"
      {...hx({ post: action, target: "#flash", swap: "none" })}
    >
      <button type="submit" class={classes(ROW_ACTION, "pointer-coarse:py-3")}>
        <Icon name="check" class="md:hidden" />
        <span class="max-md:sr-only">{notificationText.use().markRead}</span>
      </button>
    </form>
  );
}
