import type { Child } from "hono/jsx";
import { useEmail, webAddress } from "./email_context.ts";
import { BODY, CELL, FOOTNOTE, NOTE, TITLE } from "./email_style.ts";
import { Grid } from "./grid.tsx";
import { LIGHT } from "./palette.ts";

/** A message's one heading. */
export function Title({ children }: { children?: Child }) {
  return <h1 class="title ink" style={TITLE}>{children}</h1>;
}

export function Paragraph({ children }: { children?: Child }) {
  return <p class="ink" style={BODY}>{children}</p>;
}

/** What may be skipped: how long a link works, what to do if it wasn't you. */
export function Note({ children }: { children?: Child }) {
  return <p class="muted" style={NOTE}>{children}</p>;
}

/** A code to type in somewhere else: large, and alone on its line. */
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

/** The one thing to do. The padding is the cell's for Outlook, the link's for all others, so that all of it is clicked. */
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

/** The button's address to copy, for clients that don't open it. The text version has it beside the button's label. */
export function LinkFallback({ href }: { href: string }) {
  return (
    <Grid fluid class="html-only">
      <tr>
        <td style="padding:12px 0 0">
          <Grid fluid>
            <tr>
              <td class="line" style={`padding:20px 0 0;border-top:1px solid ${LIGHT.line}`}>
                <p class="muted" style={FOOTNOTE}>
                  If the button doesn't open, copy this address into your browser:
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

export type Fact = { term: string; value: string };

/** What is known of one thing: terms beside their values. */
export function Facts({ facts }: { facts: Fact[] }) {
  const look = `padding:10px 0;border-bottom:1px solid ${LIGHT.line};${CELL}`;
  return (
    <DataTable>
      {facts.map(({ term, value }) => (
        <tr>
          <th
            class="muted line"
            scope="row"
            align="left"
            valign="top"
            width="34%"
            style={`${look};padding-right:16px;font-weight:400;color:${LIGHT.muted}`}
          >
            {term}
          </th>
          <td class="ink line" align="left" valign="top" style={look}>{value}</td>
        </tr>
      ))}
    </DataTable>
  );
}

export type Row = { cells: string[]; strong?: boolean };

/** Rows of figures under a head: the first column names what the others, set to the right, tell of it. */
export function FiguresTable({ columns, rows }: { columns: string[]; rows: Row[] }) {
  const side = (index: number) => index === 0 ? "left" : "right";
  const pad = (index: number) =>
    index === 0 ? "10px 0;min-width:88px" : "10px 0 10px 12px;white-space:nowrap";
  const edge = `border-bottom:1px solid ${LIGHT.line};${CELL}`;
  return (
    <DataTable>
      <tr>
        {columns.map((label, index) => (
          <th
            class="muted line"
            scope="col"
            align={side(index)}
            valign="bottom"
            style={`padding:${
              pad(index)
            };${edge};font-size:13px;line-height:20px;font-weight:400;color:${LIGHT.muted}`}
          >
            {label}
          </th>
        ))}
      </tr>
      {rows.map(({ cells: [name, ...figures], strong }) => {
        const weight = `font-weight:${strong ? 600 : 400}`;
        return (
          <tr>
            <th
              class="ink line"
              scope="row"
              align="left"
              valign="top"
              style={`padding:${pad(0)};${edge};${weight}`}
            >
              {name}
            </th>
            {figures.map((figure) => (
              <td class="ink line" align="right" valign="top" style={`padding:${pad(1)};${edge};${weight}`}>
                {figure}
              </td>
            ))}
          </tr>
        );
      })}
    </DataTable>
  );
}

function DataTable({ children }: { children?: Child }) {
  return (
    <Grid fluid>
      <tr>
        <td style="padding:4px 0 28px">
          <table class="facts" width="100%" cellpadding="0" cellspacing="0" border={0}>{children}</table>
        </td>
      </tr>
    </Grid>
  );
}
