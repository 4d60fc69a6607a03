import type { Child, JSX } from "hono/jsx";

/** A table that lays out and means nothing: mail clients agree on no other way. `fluid` fills its place. */
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
