import type { CampaignWithStats } from "../../../src/campaigns/campaigns.ts";
import type { Wording } from "../../../src/platform/wording.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { formatCount } from "../../components/count.ts";
import { EmptyState } from "../../components/empty_state.tsx";
import { ListSearch } from "../../components/list/list_filter.tsx";
import type { ListPages } from "../../components/list/list_footer.tsx";
import { ListPanel } from "../../components/list/list_panel.tsx";
import { MainCell, Row, RowCell, RowLink, TWO_LINES, WithBadge } from "../../components/list/list_table.tsx";
import { Time } from "../../components/time.tsx";
import { PlansButton } from "../../components/upgrade_notice.tsx";
import { usePage } from "../../page.tsx";
import { useTranslate } from "../../wording.ts";
import { CAMPAIGNS, CAMPAIGNS_PATH, type CampaignView, SETTINGS_PATH, SHOWN_STATUSES } from "./address.ts";
import { campaignText } from "./text.ts";

export type CampaignListProps = {
  campaigns: CampaignWithStats[];
  pages: ListPages;
  counts: Record<string, number> | null;
  view: CampaignView;
  now: Date;
  missingPlan?: Wording;
};

const ID = "campaign-list";

/** The page's actions. */
export function CampaignsActions() {
  const text = campaignText.use();
  return (
    <>
      <ButtonLink href={SETTINGS_PATH} icon="settings">{text.settingsAction}</ButtonLink>
      <ButtonLink href={`${CAMPAIGNS_PATH}/new`} variant="primary" icon="plus">{text.new}</ButtonLink>
    </>
  );
}

/** `/campaigns`: the workspace's campaigns. */
export function CampaignList({ campaigns, pages, counts, view, now, missingPlan }: CampaignListProps) {
  const text = campaignText.use();
  const { name, status, sent, clicked, created } = text.columns;
  return (
    <ListPanel
      id={ID}
      label={text.title}
      address={CAMPAIGNS}
      view={view}
      pages={pages}
      tabs={{
        name: "status",
        label: text.filterByStatus,
        counts,
        options: SHOWN_STATUSES.map((value) => ({ value, label: text.statuses[value] })),
      }}
      filter={<ListSearch list={ID} address={CAMPAIGNS} view={view} label={text.search} />}
      columns={[
        { label: name, sort: "name" },
        { label: status, class: "md:w-28" },
        { label: sent, atEnd: true, class: "md:w-24" },
        { label: clicked, atEnd: true, class: "md:w-24 max-lg:hidden" },
        { label: created, sort: "-created_at", atEnd: true, class: "md:w-32" },
      ]}
      rows={campaigns.map((campaign) => <CampaignRow key={campaign.id} campaign={campaign} now={now} />)}
      empty={<NoCampaigns view={view} missingPlan={missingPlan} />}
    />
  );
}

function CampaignRow({ campaign, now }: { campaign: CampaignWithStats; now: Date }) {
  const { id, name, subject, status, stats, createdAt } = campaign;
  const { locale } = usePage();
  const text = campaignText.use();
  return (
    <Row id={`campaign-${id}`}>
      <MainCell
        details={
          <>
            <span>{text.statuses[status]}</span>
            <Time at={createdAt} now={now} />
          </>
        }
      >
        <WithBadge badge={null}>
          <RowLink href={`${CAMPAIGNS_PATH}/${id}`}>
            <bdi>{name}</bdi>
          </RowLink>
          <span class="block text-sm text-muted">
            <bdi>{subject}</bdi>
          </span>
        </WithBadge>
      </MainCell>
      <RowCell>
        <StatusLabel status={status} />
      </RowCell>
      <RowCell atEnd>{stats.recipients > 0 ? formatCount(stats.sent, locale) : ""}</RowCell>
      <RowCell atEnd class="max-lg:hidden">
        {stats.sent > 0 ? text.share(stats.clicked, stats.sent) : ""}
      </RowCell>
      <RowCell atEnd class="whitespace-nowrap">
        <Time at={createdAt} now={now} />
      </RowCell>
    </Row>
  );
}

const TONES: Partial<Record<CampaignWithStats["status"], Tone>> = {
  draft: "neutral",
  scheduled: "info",
  sending: "info",
  missed: "danger",
  paused: "warning",
  canceled: "neutral",
};

/** Plain text for a campaign that was sent, a badge for any other. */
export function StatusLabel({ status }: Pick<CampaignWithStats, "status">) {
  const label = campaignText.use().statuses[status];
  const tone = TONES[status];
  return tone ? <Badge tone={tone}>{label}</Badge> : <>{label}</>;
}

function NoCampaigns({ view, missingPlan }: Pick<CampaignListProps, "view" | "missingPlan">) {
  const text = campaignText.use();
  const translate = useTranslate();
  if (view.search || view.status !== "all") {
    return (
      <EmptyState icon="search" title={text.noMatch} text={text.noMatchHint}>
        <ButtonLink href={CAMPAIGNS_PATH}>{text.showAll}</ButtonLink>
      </EmptyState>
    );
  }
  const { none } = text;
  if (missingPlan) {
    return (
      <EmptyState icon="send" title={text.title} text={text.notIncluded(translate(missingPlan))}>
        <PlansButton />
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="send" title={none.title} text={none.text}>
      <div class="flex items-center gap-3 rounded-md border border-dashed border-line-strong px-4 py-2 text-start">
        <span class="text-xs text-faint">{none.example}</span>
        <span>
          <span class="block font-medium">{none.exampleName}</span>
          <span class={`block text-sm text-muted ${TWO_LINES}`}>{none.exampleSubject}</span>
        </span>
      </div>
    </EmptyState>
  );
}
