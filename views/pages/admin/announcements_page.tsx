import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { Day } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { announcementText } from "./announcement_text.ts";
import { NewsSenderCard, type NewsSenderCardProps } from "./news_sender_card.tsx";

export type ShownAnnouncement = {
  id: string;
  kind: "info" | "warning";
  text: string;
  linkUrl: string | null;
  /** The plans' names. Empty: all. */
  plans: string[];
  endsAt: Date;
  /** The page of the campaign that emails it. Null: none does. */
  campaignUrl: string | null;
};

export type AnnouncementsPageProps = {
  announcements: ShownAnnouncement[];
  now: Date;
  sender: NewsSenderCardProps;
};

/** `/admin/announcements`: what members see, and saw, above their pages, and who emails it. */
export function AnnouncementsPage({ announcements, now, sender }: AnnouncementsPageProps) {
  const text = announcementText.use();
  return (
    <div class="grid gap-6">
      {announcements.length === 0
        ? (
          <EmptyState icon="info" title={text.none} text={text.noneHint}>
            <NewAnnouncementLink />
          </EmptyState>
        )
        : (
          <div>
            <PageLead>{text.lead}</PageLead>
            <Card flush>
              <ul class="divide-y divide-line">
                {announcements.map((each) => (
                  <AnnouncementItem
                    key={each.id}
                    announcement={each}
                    now={now}
                  />
                ))}
              </ul>
            </Card>
          </div>
        )}
      <NewsSenderCard {...sender} />
    </div>
  );
}

/** The page's action. */
export function NewAnnouncementLink() {
  return (
    <ButtonLink href="/admin/announcements/new" variant="primary" icon="plus">
      {announcementText.use().create}
    </ButtonLink>
  );
}

function AnnouncementItem({ announcement, now }: { announcement: ShownAnnouncement; now: Date }) {
  const text = announcementText.use();
  const { id, kind, linkUrl, plans, endsAt, campaignUrl } = announcement;
  const isLive = endsAt > now;
  return (
    <li class="flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3">
      <div class="min-w-0 flex-1 basis-64">
        <p class="wrap-anywhere" dir="auto">{announcement.text}</p>
        <p class="flex flex-wrap gap-x-3 text-sm text-muted">
          <span>{text.kinds[kind]}</span>
          <span>{plans.length > 0 ? plans.join(", ") : text.everyone}</span>
          {linkUrl ? <span class="truncate" dir="ltr">{linkUrl}</span> : null}
          <span>{isLive ? fill(text.until, { day: <Day at={endsAt} /> }) : text.ended}</span>
        </p>
      </div>
      <div class="flex flex-wrap gap-2">
        {campaignUrl
          ? (
            <ButtonLink href={campaignUrl} size="small" aria-label={text.openCampaignOf(announcement.text)}>
              {text.openCampaign}
            </ButtonLink>
          )
          : null}
        {isLive
          ? (
            <>
              <ButtonLink
                href={`/admin/announcements/${id}/edit`}
                size="small"
                aria-label={text.editOf(announcement.text)}
              >
                {text.edit}
              </ButtonLink>
              <form method="post" action={`/admin/announcements/${id}/end`}>
                <Button size="small" aria-label={text.endOf(announcement.text)}>{text.end}</Button>
              </form>
            </>
          )
          : null}
        <ButtonLink
          href={`/admin/announcements/${id}/delete`}
          size="small"
          aria-label={text.deleteOf(announcement.text)}
        >
          {text.delete}
        </ButtonLink>
      </div>
    </li>
  );
}
