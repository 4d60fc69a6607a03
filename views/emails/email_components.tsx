import type { Child } from "hono/jsx";
import { useEmail, webAddress } from "./email_context.ts";
import { BODY, BOX, CELL, CODE, CODE_BOX, FACT, FOOTNOTE, LONG_LINK, NOTE, TITLE } from "./email_style.ts";
import { Grid } from "./grid.tsx";
import { LIGHT } from "./palette.ts";
import { useEmailText } from "./text.ts";

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

/** A code to enter somewhere else, large and in a box of its own. */
export function Code({ children }: { children?: Child }) {
  return (
    <Grid fluid>
      <tr>
        <td style="padding:4px 0 20px">
          <Grid fluid>
            <tr>
              <td class="sunken" align="center" bgcolor={LIGHT.sunken} style={CODE_BOX}>
                <p class="ink" style={CODE}>{children}</p>
              </td>
            </tr>
          </Grid>
        </td>
      </tr>
    </Grid>
  );
}

/** Details of what happened, so that readers can tell whether it was theirs. */
export function Facts({ facts }: { facts: [label: string, value: string][] }) {
  return (
    <Grid fluid>
      <tr>
        <td style="padding:4px 0 20px">
          <Grid fluid>
            <tr>
              <td class="sunken" bgcolor={LIGHT.sunken} style={BOX}>
                <p class="muted" style={FACT}>
                  {facts.map(([label, value], index) => (
                    <>
                      {index > 0 ? <br /> : null}
                      {label}: <span class="ink" style={`color:${LIGHT.ink}`}>{value}</span>
                    </>
                  ))}
                </p>
              </td>
            </tr>
          </Grid>
        </td>
      </tr>
    </Grid>
  );
}

/** The email's one action. Outlook takes the padding from the cell, other clients from the link, so the whole button is clickable. */
export function ActionButton({ href, children }: { href: string; children?: Child }) {
  const { fill, onFill, edge } = useEmail().accent;
  return (
    <Grid class="button">
      <tr>
        <td style="padding:8px 0 24px">
          <Grid>
            <tr>
              <td
                class="fill outline"
                align="center"
                bgcolor={fill}
                style={`border-radius:8px;border:1px solid ${edge.light};background-color:${fill};mso-padding-alt:11px 20px`}
              >
                <a
                  class="on-fill"
                  href={webAddress(href)}
                  style={`display:inline-block;padding:11px 20px;${CELL};font-size:16px;line-height:24px;font-weight:600;color:${onFill};text-decoration:none;mso-padding-alt:0`}
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
  return (
    <a class="ink" href={webAddress(href)} style={`color:${LIGHT.ink};text-decoration:underline`}>
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
                  {useEmailText().layout.fallback}
                  <br />
                  <a class="muted" href={webAddress(href)} style={LONG_LINK}>{webAddress(href)}</a>
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
