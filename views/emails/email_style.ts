import { type Accent, DARK, LIGHT } from "./palette.ts";

const FONT =
  "font-family:-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica Neue,Helvetica,Arial,sans-serif";

/** Inlined in every text element, because Outlook doesn't inherit styles. */
export const TITLE =
  `margin:0 0 16px;${FONT};font-size:24px;line-height:32px;font-weight:600;letter-spacing:-0.02em;color:${LIGHT.ink};word-break:break-word`;
export const HEADING =
  `margin:28px 0 12px;${FONT};font-size:19px;line-height:28px;font-weight:600;letter-spacing:-0.01em;color:${LIGHT.ink};word-break:break-word`;
export const LIST =
  `margin:0 0 16px;padding:0 0 0 24px;${FONT};font-size:16px;line-height:24px;color:${LIGHT.ink};word-break:break-word`;
export const IMAGE = "display:block;border:0;max-width:100%;height:auto;border-radius:8px;margin:0 0 8px";
export const BODY =
  `margin:0 0 16px;${FONT};font-size:16px;line-height:24px;color:${LIGHT.ink};word-break:break-word`;
export const NOTE =
  `margin:0 0 12px;${FONT};font-size:14px;line-height:20px;color:${LIGHT.muted};word-break:break-word`;
export const FOOTNOTE =
  `margin:0 0 8px;${FONT};font-size:13px;line-height:20px;color:${LIGHT.muted};word-break:break-word`;
export const CELL = `${FONT};font-size:15px;line-height:22px;color:${LIGHT.ink};word-break:break-word`;
export const MARK = `${FONT};font-size:16px;font-weight:600`;
export const BOX = `padding:14px 16px;background-color:${LIGHT.sunken};border-radius:8px`;
export const FACT =
  `margin:0;${FONT};font-size:14px;line-height:22px;color:${LIGHT.muted};word-break:break-word`;
export const CODE_BOX = `padding:20px 16px;background-color:${LIGHT.sunken};border-radius:8px`;
export const CODE =
  `margin:0;${FONT};font-size:32px;line-height:40px;font-weight:600;letter-spacing:6px;font-variant-numeric:tabular-nums;color:${LIGHT.ink}`;
export const LONG_LINK = `color:${LIGHT.muted};text-decoration:underline;word-break:break-all`;

/** Styles that can't be inlined: smaller padding on phones, and plain links for data that Apple detects. */
export const ENHANCEMENTS = [
  "body{margin:0;padding:0;width:100%;-webkit-text-size-adjust:100%;-ms-text-size-adjust:100%}",
  "a[x-apple-data-detectors]{color:inherit!important;text-decoration:none!important}",
  "@media (max-width:520px){.pad{padding-left:24px!important;padding-right:24px!important}.card{padding-top:28px!important;padding-bottom:16px!important}.edge{padding:16px 8px!important}.title{font-size:22px!important;line-height:28px!important}.button,.button table,.button a{width:100%!important}.button a{box-sizing:border-box;text-align:center}}",
].join("");

/** Dark colors by the reader's preference, for Apple Mail, Thunderbird and others. */
export function darkByPreference(accent: Accent): string {
  const rules = darkColors(accent).map(([name, declaration]) => `.${name}{${declaration}}`);
  return `:root{color-scheme:light dark;supported-color-schemes:light dark}@media (prefers-color-scheme:dark){${
    rules.join("")
  }}`;
}

/** Dark colors for Outlook's web and phone apps, which mark changed text with `data-ogsc` and backgrounds with `data-ogsb`. */
export function darkInOutlook(accent: Accent): string {
  return darkColors(accent).map(([name, declaration]) =>
    `[data-${declaration.startsWith("background") ? "ogsb" : "ogsc"}] .${name}{${declaration}}`
  ).join("");
}

function darkColors(accent: Accent): [name: string, declaration: string][] {
  const set = (property: string, color: string) => `${property}:${color}!important`;
  return [
    ["canvas", set("background-color", DARK.canvas)],
    ["surface", set("background-color", DARK.surface)],
    ["sunken", set("background-color", DARK.sunken)],
    ["bar", set("background-color", DARK.bar)],
    ["peak", set("background-color", DARK.ink)],
    ["fill", set("background-color", accent.fill)],
    ["logo", set("background-color", LIGHT.surface)],
    ["ink", set("color", DARK.ink)],
    ["muted", set("color", DARK.muted)],
    ["on-fill", set("color", accent.onFill)],
    ["line", set("border-color", DARK.line)],
    ["outline", set("border-color", accent.edge.dark)],
  ];
}
