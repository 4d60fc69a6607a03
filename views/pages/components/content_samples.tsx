import { ActivityList } from "../../components/activity_list.tsx";
import { Alert } from "../../components/alert.tsx";
import { Avatar } from "../../components/avatar.tsx";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { DeletionBadge, SuspendedBadge } from "../../components/lifecycle_badges.tsx";
import { Pagination } from "../../components/pagination.tsx";
import { Skeleton } from "../../components/skeleton.tsx";
import { Stat } from "../../components/stat.tsx";
import { Cell, Table } from "../../components/table.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { Day, Time } from "../../components/time.tsx";
import { Toast } from "../../components/toast.tsx";
import { Samples } from "./samples.tsx";

const NOON = Date.UTC(2026, 0, 15, 12);
const AGES_IN_MINUTES = [0, 5, 180, 2_880, 43_200];

/** Alerts, toasts, badges, avatars, and times. */
export function MessageSamples() {
  return (
    <>
      <Samples title="Messages">
        <div class="grid w-full gap-3">
          <Alert kind="success">The project was saved.</Alert>
          <Alert kind="info">The figures are from this morning.</Alert>
          <Alert kind="warning" action={<Button type="button" size="small">Choose plan</Button>}>
            The trial ends in three days.
          </Alert>
          <Alert kind="error">This email and password don't match.</Alert>
        </div>
        <Toast kind="success" text="A toast disappears after six seconds." />
        <Toast kind="error" text="An error toast says what failed." />
      </Samples>
      <Samples title="Badges, people, times">
        <Badge>Neutral</Badge>
        <Badge tone="success">Active</Badge>
        <Badge tone="info">Invited</Badge>
        <Badge tone="warning">Behind</Badge>
        <Badge tone="danger">Failed</Badge>
        <SuspendedBadge />
        <DeletionBadge on={new Date(NOON)} />
        {["Ada Lovelace", "Grace Hopper", "Linus"].map((name) => <Avatar key={name} name={name} />)}
        {AGES_IN_MINUTES.map((age) => (
          <Time key={age} at={new Date(NOON - age * 60_000)} now={new Date(NOON)} />
        ))}
        <Day at={new Date(NOON)} long />
      </Samples>
    </>
  );
}

/** Figures, lists, empty states and skeletons. */
export function ContentSamples() {
  const tabs = [
    { label: "All", href: "#main", current: true },
    { label: "Archived", count: 1_284, href: "#main", current: false },
  ];
  const facts = [{ term: "Plan", value: "Professional" }, { term: "Members", value: "8" }];
  const activity = [{ at: new Date(NOON), actorName: "Ada Lovelace", summary: "created Spring collection" }];
  return (
    <>
      <dl class="grid grid-cols-2 gap-4">
        <Stat label="Members" value="8" />
        <Stat label="API calls" value="18,204" detail="of 500,000 this month" />
      </dl>
      <Card title="Table" action={<Button type="button" size="small">Action</Button>} flush>
        <Tabs label="Sample tabs" tabs={tabs} />
        <Table label="Sample rows" columns={[{ label: "Name" }, { label: "Status" }]}>
          <tr>
            <Cell>Spring collection</Cell>
            <Cell wideOnly>
              <Badge tone="success">Active</Badge>
            </Cell>
          </tr>
        </Table>
        <Pagination previousHref="#main" nextHref="#main" />
      </Card>
      <Card flush>
        <EmptyState
          icon="folder"
          title="No projects yet"
          text="Create a project to start organizing work."
        >
          <Button type="button" variant="primary">New project</Button>
        </EmptyState>
      </Card>
      <Card title="Description list" tone="danger">
        <DescriptionList facts={facts} />
      </Card>
      <Card title="Activity" flush>
        <ActivityList activity={activity} now={new Date(NOON)} emptyText="Nothing yet." />
      </Card>
      <Samples title="Skeleton">
        <div class="w-full">
          <Skeleton />
        </div>
      </Samples>
    </>
  );
}
