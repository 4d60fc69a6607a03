/** A condition as the form shows it. All values are texts, also those that don't make sense. */
export type ConditionRow = {
  /** Its place in the filter: `0`, or `1.0` in a group. */
  path: string;
  kind: string;
  op: string;
  key: string;
  value: string;
  days: string;
};

/** A group of conditions as the form shows it. */
export type GroupRow = { path: string; match: string; rows: ConditionRow[] };

export type SegmentRows = { name: string; match: string; rows: (ConditionRow | GroupRow)[] };

export const KINDS = [
  "field:email",
  "field:name",
  "field:external_id",
  "field",
  "tag",
  "list",
  "consent",
  "created",
  "event",
  "clicked",
  "opened",
] as const;
export type Kind = typeof KINDS[number];

const TEXT_OPERATORS = ["is", "is_not", "contains", "is_empty", "is_set"] as const;

/** The comparisons of a kind of condition. */
export function operatorsOf(kind: string) {
  if (kind.startsWith("field")) return TEXT_OPERATORS;
  if (kind === "consent") return ["is", "is_not"] as const;
  if (kind === "created") return ["before", "since"] as const;
  if (isActivity(kind)) return ["did", "did_not"] as const;
  return ["has", "has_not"] as const;
}

/** Whether a condition is about what happened in the last days. */
export function isActivity(kind: string): boolean {
  return kind === "event" || kind === "clicked" || kind === "opened";
}

export function isGroupRow(row: ConditionRow | GroupRow): row is GroupRow {
  return "rows" in row;
}
