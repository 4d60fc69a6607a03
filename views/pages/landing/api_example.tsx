import type { Child } from "hono/jsx";
import { landingText } from "./text.ts";

/** A request to the API and its answer. Always dark, like a terminal. */
export function ApiExample({ origin }: { origin: string }) {
  const { api } = landingText.use();
  return (
    <div class="min-w-0 overflow-hidden rounded-lg border border-line bg-sunken text-ink scheme-dark">
      <pre
        class="overflow-x-auto p-5 font-mono text-sm leading-[1.3125rem]"
        tabindex={0}
        role="group"
        aria-label={api.example}
      >
        <code>
          {`curl ${origin}/api/v1/projects \\\n  -H `}
          <Value>"Authorization: Bearer $TOKEN"</Value>
          {" \\\n  --json "}
          <Value>{`'{"name": "${api.project}"}'`}</Value>
          {"\n\n"}
          <span class="text-warning">201 Created</span>
          {"\n{ "}
          <Value>"id"</Value>
          {': "01a21f42-7a11-73fb-9c0e-5d2f…",\n  '}
          <Value>"name"</Value>
          {`: "${api.project}",\n  `}
          <Value>"status"</Value>
          {': "active", … }'}
        </code>
      </pre>
    </div>
  );
}

function Value({ children }: { children?: Child }) {
  return <span class="text-accent-ink">{children}</span>;
}
