const BASE = '<base target="_blank">';

/** An email's HTML for a frame. Its links open in new tabs. */
export function withLinksInNewTabs(html: string): string {
  return /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, (head) => head + BASE) : BASE + html;
}
