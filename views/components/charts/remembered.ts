import { raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import { usePage } from "../../page.tsx";

/** A chart takes up to 15 KB. */
const MAX_REMEMBERED = 500;
const drawn = new Map<string, HtmlEscapedString>();

/**
 * Draws a chart once and keeps it while it is among the latest. Pages refresh more often than their charts change, and drawing one
 * takes longer than the rest of a page. The key is everything that the chart shows, so it can't reveal anyone else's values.
 */
export function rememberChart(
  kind: string,
  props: unknown,
  draw: () => { toString(): string },
): HtmlEscapedString {
  const key = `${kind} ${usePage().locale} ${JSON.stringify(props)}`;
  const chart = drawn.get(key) ?? raw(draw().toString());
  drawn.delete(key);
  drawn.set(key, chart);
  if (drawn.size > MAX_REMEMBERED) drawn.delete(drawn.keys().next().value!);
  return chart;
}
