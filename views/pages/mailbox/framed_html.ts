const BASE = '<base target="_blank">';

/** A mail's HTML for a frame: its links open in new tabs, since the frame itself goes nowhere. */
export function withLinksInNewTabs(html: string): string {
  return /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, (head) => head + BASE) : BASE + html;
}
