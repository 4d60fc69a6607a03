import { Facts } from "./email_components.tsx";
import type { EmailBrowser } from "./email_context.ts";
import { useEmailText } from "./text.ts";

/** Where a change or a request came from, so that readers can tell whether it was theirs. */
export function OriginFacts({ browser, ipAddress }: { browser: EmailBrowser; ipAddress: string }) {
  const { origin: text } = useEmailText();
  return <Facts facts={[[text.browser, text.browserName(browser)], [text.ipAddress, ipAddress]]} />;
}
