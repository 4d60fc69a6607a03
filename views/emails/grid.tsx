import type { Child, JSX } from "hono/jsx";

/** A table for layout, the only way that works in all email clients. `fluid` fills the available width. */
export function Grid(
  { fluid = false, children, ...attributes }:
    & { fluid?: boolean; children?: Child }
    & JSX.IntrinsicElements["table"],
) {
  return (
    <table
      role="presentation"
      width={fluid ? "100%" : undefined}
      cellpadding="0"
      cellspacing="0"
      border={0}
      {...attributes}
    >
      {children}
    </table>
  );
}
