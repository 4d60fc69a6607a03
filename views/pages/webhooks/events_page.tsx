import type { CatalogEntry } from "../../../src/webhooks/event_catalog.ts";
import { Card } from "../../components/card.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { webhookText } from "./text.ts";

/** `/developers/webhooks/events`: every event that webhooks send, with the fields and an example of its data. */
export function EventsPage({ events }: { events: CatalogEntry[] }) {
  const text = webhookText.use();
  return (
    <>
      <PageLead>{text.eventsLead}</PageLead>
      <div class="grid grid-cols-1 gap-4">
        {events.map((event) => <EventCard key={event.id} event={event} />)}
      </div>
    </>
  );
}

function EventCard({ event: { id, description, schema, sample } }: { event: CatalogEntry }) {
  const text = webhookText.use();
  return (
    <Card title={id} id={id.replace(".", "-")}>
      <p class="mb-4 text-muted">{description}</p>
      <div class="grid gap-6 md:grid-cols-2">
        <div class="min-w-0">
          <h3 class="mb-2 text-sm font-semibold">{text.schema}</h3>
          <Fields schema={schema} />
        </div>
        <div class="min-w-0">
          <h3 class="mb-2 text-sm font-semibold">{text.sample}</h3>
          <pre class="overflow-x-auto rounded-md bg-sunken p-3 font-mono text-sm" dir="ltr" tabindex={0}>
            {JSON.stringify(sample, null, 2)}
          </pre>
        </div>
      </div>
    </Card>
  );
}

type JsonSchema = {
  type?: string;
  format?: string;
  enum?: string[];
  anyOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
};

function Fields({ schema }: { schema: JsonSchema }) {
  const { eventFields } = webhookText.use();
  return (
    <table class="w-full text-start text-sm">
      <thead class="sr-only">
        <tr>
          <th scope="col">{eventFields.name}</th>
          <th scope="col">{eventFields.type}</th>
        </tr>
      </thead>
      <tbody class="divide-y divide-line">
        {Object.entries(schema.properties ?? {}).map(([name, field]) => (
          <tr key={name}>
            <th scope="row" class="py-1.5 pe-3 text-start font-mono font-normal">{name}</th>
            <td class="py-1.5 text-muted">{useTypeOf(field)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** "string", "date-time", "active, archived", "uuid or null". */
function useTypeOf({ type = "", format, enum: words, anyOf }: JsonSchema): string {
  const text = webhookText.use();
  if (anyOf) return text.orNull(useTypeOf(anyOf.find((each) => each.type !== "null") ?? {}));
  return words?.join(", ") ?? format ?? type;
}
