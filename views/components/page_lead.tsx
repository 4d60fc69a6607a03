import type { Child } from "hono/jsx";

/** A sentence under the page's title. */
export function PageLead({ children }: { children?: Child }) {
  return <p class="mb-6 text-muted wrap-anywhere">{children}</p>;
}
