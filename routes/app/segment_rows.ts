import type { Context } from "hono";
import { CONSENTS } from "../../src/contacts/contact.ts";
import {
  CONTACT_TEXTS,
  isGroup,
  type SegmentCondition,
  type SegmentFilter,
} from "../../src/contacts/segment_filter.ts";
import { isId } from "../../src/platform/ids.ts";
import {
  type ConditionRow,
  type GroupRow,
  isGroupRow,
  operatorsOf,
  type SegmentRows,
} from "../../views/pages/segments/segment_rows.ts";
import type { MemberEnv } from "../http.ts";

const NEW_ROW = { kind: "tag", op: "has", key: "", value: "", days: "30" };

/** The form of a new segment. */
export const NEW_SEGMENT: SegmentRows = { name: "", match: "all", rows: [{ ...NEW_ROW, path: "0" }] };

/** A segment as the form shows it. */
export function rowsOf({ name, filter }: { name: string; filter: SegmentFilter }): SegmentRows {
  const rows = filter.conditions.map((part) =>
    isGroup(part) ? { path: "", match: part.match, rows: part.conditions.map(rowOf) } : rowOf(part)
  );
  return placed({ name, match: filter.match, rows });
}

/** The form as it was sent, after the button that was pressed added or removed something. */
export async function readSegmentForm(c: Context<MemberEnv>): Promise<SegmentRows> {
  const sent = await c.req.parseBody({ all: true });
  const text = (name: string) => String([sent[name] ?? ""].flat().at(-1));
  const all = (name: string) => [sent[name] ?? []].flat().map(String);
  const conditions = all("condition").map((path) => readRow(path, text));
  const groups = all("group").map((path): GroupRow => ({
    path,
    match: text(`match_${path}`),
    rows: conditions.filter((row) => row.path.startsWith(`${path}.`)),
  }));
  const single = conditions.filter(({ path }) => !path.includes("."));
  const rows = [...single, ...groups].sort((one, other) => Number(one.path) - Number(other.path));
  const form = { name: text("name"), match: text("match") || "all", rows };
  return placed(removed(added(form, text("add")), text("remove")));
}

/** The filter that the rows describe, for its schema to check. */
export function filterOf({ match, rows }: SegmentRows) {
  return {
    match,
    conditions: rows.map((row) =>
      isGroupRow(row)
        ? { type: "group", match: row.match, conditions: row.rows.map(conditionOf) }
        : conditionOf(row)
    ),
  };
}

function rowOf(condition: SegmentCondition): ConditionRow {
  const { type, op } = condition;
  const key = type === "field" ? condition.key : "";
  const isOwn = CONTACT_TEXTS.some((text) => text === key);
  return {
    path: "",
    kind: isOwn ? `field:${key}` : type,
    op,
    key: isOwn ? "" : key,
    value: "value" in condition ? condition.value : "",
    days: "days" in condition ? String(condition.days) : NEW_ROW.days,
  };
}

function readRow(path: string, text: (name: string) => string): ConditionRow {
  const kind = text(`kind_${path}`);
  const op = text(`op_${path}`);
  const operators: readonly string[] = operatorsOf(kind);
  return {
    path,
    kind,
    // Another kind of condition has other comparisons.
    op: operators.includes(op) ? op : operators[0]!,
    key: text(`key_${path}`).trim().toLowerCase(),
    value: valueFor(kind, text(`value_${path}`)),
    days: text(`days_${path}`) || NEW_ROW.days,
  };
}

/** The value that stays after the kind of condition changed: the choices of one kind aren't those of another. */
function valueFor(kind: string, value: string): string {
  if (kind === "consent") return CONSENTS.some((each) => each === value) ? value : CONSENTS[0];
  return kind === "list" && !isId(value) ? "" : value;
}

function conditionOf({ kind, op, key, value, days }: ConditionRow) {
  const [type, own] = kind.split(":");
  if (type === "field") return { type, key: own ?? key, op, value };
  if (type === "clicked" || type === "opened") return { type, op, days };
  return type === "event" ? { type, op, value, days } : { type, op, value };
}

function added(form: SegmentRows, what: string): SegmentRows {
  const row = { ...NEW_ROW, path: "" };
  if (what === "condition") return { ...form, rows: [...form.rows, row] };
  if (what === "group") return { ...form, rows: [...form.rows, { path: "", match: "any", rows: [row] }] };
  const rows = form.rows.map((each) =>
    isGroupRow(each) && each.path === what ? { ...each, rows: [...each.rows, row] } : each
  );
  return { ...form, rows };
}

function removed(form: SegmentRows, path: string): SegmentRows {
  const rows = form.rows.filter((each) => each.path === "" || each.path !== path)
    .map((each) =>
      isGroupRow(each)
        ? { ...each, rows: each.rows.filter((row) => row.path === "" || row.path !== path) }
        : each
    );
  return { ...form, rows };
}

/** Numbers the rows by their places. */
function placed(form: SegmentRows): SegmentRows {
  const rows = form.rows.map((each, index) => {
    const path = String(index);
    if (!isGroupRow(each)) return { ...each, path };
    return { ...each, path, rows: each.rows.map((row, inner) => ({ ...row, path: `${path}.${inner}` })) };
  });
  return { ...form, rows };
}
