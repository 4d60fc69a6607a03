import type { Child } from "hono/jsx";

export type Fact = { term: string; value: Child };

/** The facts about one thing: terms beside their values, in two columns if there is room. */
export function DescriptionList({ facts }: { facts: Fact[] }) {
  return (
    <dl class="@container grid gap-3">
      {facts.map(({ term, value }) => (
        <div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-0.5 @md:grid @md:grid-cols-[9rem_minmax(0,1fr)] @md:items-baseline">
          <dt class="text-muted">{term}</dt>
          <dd class="max-w-full min-w-0 wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
