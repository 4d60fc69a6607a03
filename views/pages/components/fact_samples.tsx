import { ActivityList } from "../../components/activity_list.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { FormerAddresses } from "../../components/former_addresses.tsx";
import { Item, ItemEnd, Items } from "../../components/item.tsx";
import { Stat } from "../../components/stat.tsx";
import { Amount, CalendarDay, Figure } from "../../components/values.tsx";
import { LONG_NAME, NOON, Sample, Samples } from "./samples.tsx";

const HOUR = 3_600_000;

export const SAMPLE_FACTS = [
  { term: "Plan", value: "Premium" },
  { term: "Members", value: "8" },
  { term: "Description", value: LONG_NAME },
];

export const SAMPLE_ACTIVITY = [
  {
    at: NOON,
    actorName: "Tomás Lindqvist",
    actorColor: "amber" as const,
    summary: [{ text: "created the project " }, { text: "Spring collection", isName: true, href: "#cards" }],
  },
  {
    at: new Date(NOON.getTime() - 3 * HOUR),
    actorName: "أمل الخطيب",
    summary: "archived this project",
  },
  {
    at: new Date(NOON.getTime() - 30 * HOUR),
    actorName: "Imogen Ferreira",
    actorColor: "violet" as const,
    summary: [{ text: "changed the name to " }, { text: LONG_NAME, isName: true }],
  },
];

/** Cards, facts, figures and what happened. */
export function FactSamples() {
  const former = [{ subdomain: "northwind-trading", expiresAt: NOON }];
  return (
    <>
      <Samples title="Cards">
        <Sample state="With a note and an action" wide>
          <Card title="Details" note="Last 30 days" action={<Button type="button" size="small">Edit</Button>}>
            <DescriptionList facts={SAMPLE_FACTS} />
          </Card>
        </Sample>
        <Sample state="Amounts, days and numbers" wide>
          <Card title="Order">
            <DescriptionList
              facts={[
                { term: "Amount", value: <Amount cents={145_050} /> },
                { term: "Due date", value: <CalendarDay day="2026-12-23" /> },
                { term: "Quantity", value: <Figure value={1_284.5} /> },
              ]}
            />
          </Card>
        </Sample>
        <Sample state="Danger" wide>
          <Card title="Danger zone" tone="danger">
            <p class="mb-3 text-muted">The workspace is deleted after 30 days.</p>
            <Button type="button" icon="trash">Delete workspace</Button>
          </Card>
        </Sample>
        <Sample state="A list from edge to edge: what happened" wide>
          <Card title="Activity" flush>
            <ActivityList activity={SAMPLE_ACTIVITY} now={NOON} emptyText="" />
          </Card>
        </Sample>
        <Sample state="A list from edge to edge: items" wide>
          <Card title="Sessions" flush>
            <Items label="Sessions">
              <Item
                icon="laptop"
                title="Firefox on Linux"
                details="203.0.113.24"
                end={<ItemEnd>This browser</ItemEnd>}
              />
              <Item
                icon="phone"
                title={LONG_NAME}
                details="198.51.100.7"
                end={<Button type="button" size="small">Sign out</Button>}
              />
            </Items>
          </Card>
        </Sample>
        <Sample state="Empty" wide>
          <Card title="History" flush>
            <ActivityList activity={[]} now={NOON} emptyText="Changes to this project will show up here." />
          </Card>
        </Sample>
      </Samples>
      <Samples title="Figures">
        <dl class="grid w-full grid-cols-1 gap-4 sm:grid-cols-3">
          <Stat label="Members" value="8" />
          <Stat label="API calls" value="18,204" detail="of 500,000 this month" />
          <Stat label="Storage used" value="229 kB" />
        </dl>
      </Samples>
      <Samples title="Former addresses">
        <FormerAddresses former={former} hostSuffix=".example.com" />
      </Samples>
    </>
  );
}
