/** What fields that name an event suggest. */
export function EventNames({ events }: { events: readonly string[] }) {
  return (
    <datalist id="event-names">
      {events.map((event) => <option key={event} value={event} />)}
    </datalist>
  );
}
