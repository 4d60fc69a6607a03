import type { Child } from "hono/jsx";
import { useEmail, webAddress } from "./email_context.ts";
import { BODY, CELL, FOOTNOTE, NOTE, TITLE } from "./email_style.ts";
import { Grid } from "./grid.tsx";
import { LIGHT } from "./palette.ts";

/** The email's heading. */
export function Title({ children }: { children?: Child }) {
  return <h1 class="title ink" style={TITLE}>{children}</h1>;
}

export function Paragraph({ children }: { children?: Child }) {
  return <p class="ink" style={BODY}>{children}</p>;
}

/** Less important text: how long a link works, what to do if it wasn't you. */
export function Note({ children }: { children?: Child }) {
  return <p class="muted" style={NOTE}>{children}</p>;
}

/** A code to enter somewhere else, large and on its own line. */
export function Code({ children }: { children?: Child }) {
  return (
    <p
      class="ink"
      style={`${BODY};font-size:32px;line-height:40px;font-weight:600;letter-spacing:4px;font-variant-numeric:tabular-nums`}
    >
      {children}
    </p>
  );
}

/** The email's one action. Outlook takes the padding from the cell, other clients from the link, so the whole button is clickable. */
export function ActionButton({ href, children }: { href: string; children?: Child }) {
  const { accent } = useEmail();
  const { fill, onFill, light } = accent;
  return (
    <Grid>
      <tr>
        <td style="padding:8px 0 24px">
          <Grid>
            <tr>
              <td
                class="fill outline"
                align="center"
                bgcolor={fill}
                style={`border-radius:8px;border:1px solid ${light.edge};background-color:${fill};mso-padding-alt:12px 24px`}
              >
                <a
                  class="on-fill"
                  href={webAddress(href)}
                  style={`display:inline-block;padding:12px 24px;${CELL};font-size:16px;line-height:24px;font-weight:600;color:${onFill};text-decoration:none;mso-padding-alt:0`}
                >
                  {children}
                </a>
              </td>
            </tr>
          </Grid>
        </td>
      </tr>
    </Grid>
  );
}

/** A link inside text. */
export function TextLink({ href, children }: { href: string; children?: Child }) {
  const { accent } = useEmail();
  return (
    <a class="accent" href={webAddress(href)} style={`color:${accent.light.text};text-decoration:underline`}>
      {children}
    </a>
  );
}

/** The button's URL to copy, if the button doesn't work. The text version shows it next to the button's label. */
export function LinkFallback({ href }: { href: string }) {
  return (
    <Grid fluid class="html-only">
      <tr>
        <td style="padding:12px 0 0">
          <Grid fluid>
            <tr>
              <td class="line" style={`padding:20px 0 0;border-top:1px solid ${LIGHT.line}`}>
                <p class="muted" style={FOOTNOTE}>
                  If the button doesn't work, copy this address into your browser:
                  <br />
                  <span style="word-break:break-all">
                    <TextLink href={href}>{webAddress(href)}</TextLink>
                  </span>
                </p>
              </td>
            </tr>
          </Grid>
        </td>
      </tr>
    </Grid>
  );
}

/** Rows of figures under column headings. The first column names the figures, which are aligned right. */
export function FiguresTable({ columns, rows }: { columns: string[]; rows: string[][] }) {
  return (
    <Grid fluid>
      <tr>
        <td style="padding:4px 0 28px">
          <table class="figures" width="100%" cellpadding="0" cellspacing="0" border={0}>
            <tr>
              {columns.map((label, index) => (
                <ColumnHeading
                  key={label}
                  label={label}
                  isFirst={index === 0}
                />
              ))}
            </tr>
            {rows.map((cells) => <FiguresRow key={cells[0]} cells={cells} />)}
          </table>
        </td>
      </tr>
    </Grid>
  );
}

const FIGURES_CELL = `border-bottom:1px solid ${LIGHT.line};${CELL}`;
const NAME_PADDING = "padding:10px 0;min-width:88px";
const FIGURE_PADDING = "padding:10px 0 10px 12px;white-space:nowrap";

function ColumnHeading({ label, isFirst }: { label: string; isFirst: boolean }) {
  const padding = isFirst ? NAME_PADDING : FIGURE_PADDING;
  return (
    <th
      class="muted line"
      scope="col"
      align={isFirst ? "left" : "right"}
      valign="bottom"
      style={`${padding};${FIGURES_CELL};font-size:13px;line-height:20px;font-weight:400;color:${LIGHT.muted}`}
    >
      {label}
    </th>
  );
}

function FiguresRow({ cells: [name, ...figures] }: { cells: string[] }) {
  return (
    <tr>
      <th
        class="ink line"
        scope="row"
        align="left"
        valign="top"
        style={`${NAME_PADDING};${FIGURES_CELL};font-weight:400`}
      >
        {name}
      </th>
      {figures.map((figure) => (
        <td class="ink line" align="right" valign="top" style={`${FIGURE_PADDING};${FIGURES_CELL}`}>
          {figure}
        </td>
      ))}
    </tr>
  );
}
