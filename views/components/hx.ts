import { usePage } from "../page.tsx";

type HxOptions = {
  get?: string;
  post?: string;
  target?: string;
  swap?: string;
  trigger?: string;
  pushUrl?: string;
  indicator?: string;
  /** Other fields to send. A GET of a field sends only that field, never the form around it. */
  include?: string;
  sync?: string;
  disable?: string;
  /** Other options for a status: `{ "422": "target:this swap:outerHTML" }`. */
  status?: Record<string, string>;
};

/** The htmx attributes of an element, with the page's nonce. hx-csp removes attributes without the nonce. */
export function hx({ pushUrl, status = {}, ...options }: HxOptions): Record<string, string> {
  const attributes: Record<string, string> = { "hx-nonce": usePage().nonce };
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) attributes[`hx-${name}`] = value;
  }
  if (pushUrl) attributes["hx-push-url"] = pushUrl;
  for (const [code, value] of Object.entries(status)) attributes[`hx-status:${code}`] = value;
  return attributes;
}
