import { Badge } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { Icon } from "../../components/icon.tsx";
import { ListSearch } from "../../components/list/list_filter.tsx";
import { ListPanel } from "../../components/list/list_panel.tsx";
import {
  MainCell,
  Row,
  ROW_ACTION,
  RowCell,
  RowLink,
  TimeCell,
  WithBadge,
} from "../../components/list/list_table.tsx";
import { Menu, MenuLink } from "../../components/menu.tsx";
import { Pagination } from "../../components/pagination.tsx";
import { Cell, Table } from "../../components/table.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { Time } from "../../components/time.tsx";
import { SAMPLE_LIST, type SampleList, sampleList } from "./sample_projects.ts";
import { NOON, Sample, Samples } from "./samples.tsx";

const ID = "sample-list";
const DAY = 86_400_000;
const TABS = [
  { value: "all", label: "All" },
  { value: "active", label: "Active" },
  { value: "archived", label: "Archived" },
];

/** Lists, tabs, tables and pages of them. */
export function ListSamples() {
  return (
    <>
      <Samples title="List">
        <Sample state="Rows with actions on hover and focus. Tabs, heads, search and pages work." wide>
          <SampleListPanel {...sampleList({})} />
        </Sample>
      </Samples>
      <Samples title="Tabs">
        <Sample state="With counts, and more than fit a phone" wide>
          <Tabs
            label="Sample tabs"
            tabs={["All", "Failed", "Held", "Waiting", "Ready", "Running", "Done"].map((label, index) => ({
              label,
              count: index === 0 ? undefined : index * 214,
              href: "#tabs",
              current: index === 1,
            }))}
          />
        </Sample>
      </Samples>
      <Samples title="Table and pagination">
        <Sample state="In a card" wide>
          <Card flush>
            <Table
              label="Sample rows"
              columns={[{ label: "Queue" }, { label: "Waiting", class: "text-end" }]}
            >
              {["Email", "Webhooks"].map((queue, waiting) => (
                <tr key={queue}>
                  <Cell class="font-medium">{queue}</Cell>
                  <Cell wideOnly class="text-end">{waiting}</Cell>
                </tr>
              ))}
            </Table>
            <Pagination
              label="Pages of the table"
              previousHref="#table-and-pagination"
              nextHref="#table-and-pagination"
            />
          </Card>
        </Sample>
      </Samples>
    </>
  );
}

/** The list of the samples. `/dev/components/list` answers htmx with it. */
export function SampleListPanel({ rows, counts, view, pages }: SampleList) {
  return (
    <ListPanel
      id={ID}
      label="Sample projects"
      address={SAMPLE_LIST}
      view={view}
      pages={pages}
      tabs={{ name: "status", label: "Filter by status", counts, options: TABS }}
      filter={<ListSearch list={ID} address={SAMPLE_LIST} view={view} label="Filter projects" />}
      columns={[
        { label: "Name", sort: "name" },
        { label: "Owner", class: "md:w-[25%]" },
        { label: "Updated", sort: "days_ago", atEnd: true, class: "md:w-44" },
      ]}
      rows={rows.map((project) => <SampleRow key={project.id} {...project} />)}
      empty={
        <EmptyState icon="search" title="No matching projects" text="Try another word, or show all projects.">
          <ButtonLink href="#list">Show all projects</ButtonLink>
        </EmptyState>
      }
    />
  );
}

function SampleRow({ id, name, owner, status, daysAgo }: SampleList["rows"][number]) {
  const age = <Time at={new Date(NOON.getTime() - daysAgo * DAY)} now={NOON} />;
  return (
    <Row id={`${ID}-${id}`}>
      <MainCell
        details={
          <>
            <bdi>{owner}</bdi>
            {age}
          </>
        }
      >
        <WithBadge badge={status === "archived" ? <Badge>Archived</Badge> : null}>
          <RowLink href="#list">
            <bdi>{name}</bdi>
          </RowLink>
        </WithBadge>
      </MainCell>
      <RowCell>
        <bdi>{owner}</bdi>
      </RowCell>
      <TimeCell actions={<a href="#list" class={ROW_ACTION}>Edit</a>} menu={<RowMenu name={name} />}>
        {age}
      </TimeCell>
    </Row>
  );
}

function RowMenu({ name }: { name: string }) {
  return (
    <Menu
      label={`Actions for ${name}`}
      summary={<Icon name="more" />}
      summaryClass="grid size-8 place-items-center text-muted hover:bg-line! pointer-coarse:size-11"
    >
      <MenuLink icon="edit" href="#list">Edit</MenuLink>
      <MenuLink icon="trash" tone="danger" href="#list">Delete</MenuLink>
    </Menu>
  );
}
