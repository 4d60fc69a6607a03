import type { Child } from "hono/jsx";
import type { CampaignWithStats } from "../../../src/campaigns/campaigns.ts";
import type { LinkFigures } from "../../../src/campaigns/recipient_list.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { formatCount } from "../../components/count.ts";
import { DescriptionList, type Fact } from "../../components/description_list.tsx";
import { Icon } from "../../components/icon.tsx";
import { TextLink } from "../../components/link.tsx";
import { Menu, MenuButton, MenuLink } from "../../components/menu.tsx";
import { Instant } from "../../components/time.tsx";
import { usePage } from "../../page.tsx";
import { fill } from "../../text.ts";
import { CAMPAIGNS_PATH, recipientsOf } from "./address.ts";
import { CampaignChecks, type Schedule, type ShownChecks } from "./campaign_checks.tsx";
import { StatusLabel } from "./campaigns_page.tsx";
import { EmailFrame } from "./email_frame.tsx";
import { campaignText } from "./text.ts";

export type CampaignPageProps = {
  campaign: CampaignWithStats;
  /** For a campaign that can be sent. */
  checks: ShownChecks | null;
  links: LinkFigures[];
  skipped: { reason: string; count: number }[];
  segmentName: string | null;
  archiveUrl: string | null;
  timeZone: string;
  canManage: boolean;
  now: Date;
} & Schedule;

/** `/campaigns/:id`: the list before sending, or the figures, beside the email. */
export function CampaignPage(props: CampaignPageProps) {
  const { campaign, checks } = props;
  const text = campaignText.use();
  return (
    <div class="grid grid-cols-1 gap-6">
      <Notices {...props} />
      {campaign.stats.recipients > 0 ? <Figures campaign={campaign} /> : null}
      <div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
        <div class="grid grid-cols-1 gap-6">
          {checks ? <CampaignChecks {...props} checks={checks} /> : null}
          <Facts {...props} />
          <LinksCard {...props} />
        </div>
        <EmailFrame title={text.preview} src={`${CAMPAIGNS_PATH}/${campaign.id}/preview`} />
      </div>
    </div>
  );
}

/** The page's actions. */
export function CampaignActions(
  { campaign: { id, status, archiveToken } }: Pick<CampaignPageProps, "campaign">,
) {
  const text = campaignText.use();
  const path = `${CAMPAIGNS_PATH}/${id}`;
  const canDelete = ["draft", "missed", "sent", "canceled"].includes(status);
  return (
    <>
      {status === "draft" ? <ButtonLink href={`${path}/edit`} icon="edit">{text.edit}</ButtonLink> : null}
      {status === "scheduled" ? <Action path={`${path}/cancel`}>{text.unschedule}</Action> : null}
      {status === "missed" ? <Action path={`${path}/cancel`}>{text.backToDraft}</Action> : null}
      {status === "sending" ? <Action path={`${path}/pause`}>{text.pause}</Action> : null}
      {status === "paused" ? <Action path={`${path}/resume`} isPrimary>{text.resume}</Action> : null}
      <Action path={`${path}/test`}>{text.sendTest}</Action>
      <Menu
        label={text.more}
        summary={<Icon name="more" />}
        summaryClass="grid size-9 place-items-center text-muted hover:bg-line! max-sm:size-11"
      >
        <form method="post" action={`${path}/duplicate`}>
          <MenuButton icon="layers">{text.duplicate}</MenuButton>
        </form>
        <form method="post" action={`${path}/publication`}>
          <input type="hidden" name="on" value={archiveToken === null ? "true" : "false"} />
          <MenuButton icon="external">{archiveToken === null ? text.archiveOn : text.archiveOff}</MenuButton>
        </form>
        {status === "sending" || status === "paused"
          ? (
            <form method="post" action={`${path}/cancel`}>
              <MenuButton icon="x" tone="danger">{text.cancelSending}</MenuButton>
            </form>
          )
          : null}
        {canDelete
          ? <MenuLink icon="trash" tone="danger" href={`${path}/delete`}>{text.remove}</MenuLink>
          : null}
      </Menu>
    </>
  );
}

function Action(
  { path, isPrimary = false, children }: { path: string; isPrimary?: boolean; children?: Child },
) {
  return (
    <form method="post" action={path}>
      <Button variant={isPrimary ? "primary" : "secondary"}>{children}</Button>
    </form>
  );
}

function Notices({ campaign, canManage, now }: CampaignPageProps) {
  const text = campaignText.use();
  const { id, status, pauseReason, scheduledAt, subjectB, winner, stats } = campaign;
  return (
    <>
      {status === "missed" && scheduledAt
        ? (
          <Alert kind="warning">
            {fill(text.missedNotice, { time: <Instant at={scheduledAt} now={now} /> })}
          </Alert>
        )
        : null}
      {status === "scheduled" && scheduledAt
        ? <Alert>{fill(text.scheduledFor, { time: <Instant at={scheduledAt} now={now} /> })}</Alert>
        : null}
      {status === "paused" && pauseReason
        ? <Alert kind="warning">{text.pauseReasons[pauseReason]}</Alert>
        : null}
      {status === "sending" && subjectB !== null && winner === null ? <Alert>{text.testing}</Alert> : null}
      {stats.unknown > 0
        ? (
          <Alert
            kind="warning"
            action={canManage
              ? (
                <form method="post" action={`${CAMPAIGNS_PATH}/${id}/resend`}>
                  <Button size="small">{text.resend}</Button>
                </form>
              )
              : undefined}
          >
            <TextLink href={`${recipientsOf(id).path}?state=unknown`}>
              {text.unknownTitle(stats.unknown)}
            </TextLink>
            <p>{text.unknownText}</p>
          </Alert>
        )
        : null}
    </>
  );
}

const FIGURES = ["sent", "clicked", "opened", "unsubscribed", "bounced", "complained"] as const;
const OUTCOMES = ["waiting", "skipped", "failed", "unknown"] as const;

function Figures({ campaign: { id, stats, tracksOpens } }: Pick<CampaignPageProps, "campaign">) {
  const text = campaignText.use();
  const { locale } = usePage();
  const shown = FIGURES.filter((name) => name !== "opened" || tracksOpens);
  const others = OUTCOMES.filter((name) => stats[name] > 0);
  return (
    <section aria-label={text.figures} class="grid gap-3">
      <dl class="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-[repeat(auto-fit,minmax(9rem,1fr))]">
        {shown.map((name) => (
          <div
            key={name}
            class="grid content-start gap-0.5 rounded-lg border border-line bg-surface p-4 shadow-card"
          >
            <dt class="text-sm text-muted">{text.stats[name]}</dt>
            <dd class="text-2xl font-semibold tracking-tighter tabular-nums">
              {formatCount(stats[name], locale)}
              {name === "sent" ? null : (
                <span class="ms-2 text-xs font-normal tracking-normal text-muted">
                  {text.share(stats[name], stats.sent)}
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <p class="flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
        {others.map((name) => (
          <TextLink key={name} href={`${recipientsOf(id).path}?state=${name}`}>
            {`${text.stats[name]}: ${formatCount(stats[name], locale)}`}
          </TextLink>
        ))}
        <TextLink href={recipientsOf(id).path}>{text.allRecipients}</TextLink>
      </p>
    </section>
  );
}

function Facts({ campaign, segmentName, archiveUrl, now }: CampaignPageProps) {
  const text = campaignText.use();
  const { facts } = text;
  const { subject, subjectB, winner, segmentId, windowFrom, windowUntil, ratePerHour, startedAt, endedAt } =
    campaign;
  const optional: (Fact | null)[] = [
    subjectB === null ? null : { term: facts.subjectB, value: <bdi>{subjectB}</bdi> },
    winner === null ? null : { term: text.winner, value: <bdi>{winner === "a" ? subject : subjectB}</bdi> },
    windowFrom === null || windowUntil === null
      ? null
      : { term: facts.window, value: text.windowOf(windowFrom, windowUntil) },
    ratePerHour === null ? null : { term: facts.rate, value: text.perHour(ratePerHour) },
    startedAt === null ? null : { term: facts.started, value: <Instant at={startedAt} now={now} /> },
    endedAt === null ? null : { term: facts.ended, value: <Instant at={endedAt} now={now} /> },
    archiveUrl === null ? null : {
      term: facts.archive,
      value: startedAt ? <TextLink href={archiveUrl}>{archiveUrl}</TextLink> : text.archiveWaits,
    },
  ];
  const segment = segmentId === null ? text.form.everyone : segmentName ?? text.segmentGone;
  return (
    <Card title={text.details}>
      <DescriptionList
        facts={[
          { term: facts.status, value: <StatusLabel status={campaign.status} /> },
          { term: facts.subject, value: <bdi>{subject}</bdi> },
          { term: facts.segment, value: <bdi>{segment}</bdi> },
          ...optional.filter((fact) => fact !== null),
        ]}
      />
    </Card>
  );
}

function LinksCard({ links, skipped }: CampaignPageProps) {
  const text = campaignText.use();
  return (
    <>
      {links.length > 0
        ? (
          <Card title={text.links}>
            <DescriptionList
              facts={links.map(({ url, clicks }) => ({
                term: text.clicks(clicks),
                value: <span dir="ltr">{url}</span>,
              }))}
            />
          </Card>
        )
        : null}
      {skipped.length > 0
        ? (
          <Card title={text.skippedBecause}>
            <DescriptionList
              facts={skipped.map(({ reason, count }) => ({
                term: text.reasons[reason] ?? reason,
                value: String(count),
              }))}
            />
          </Card>
        )
        : null}
    </>
  );
}
