type Row = Record<string, unknown>;

/** What a change did to a row: the fields that differ, sorted by name, and their values before and after. */
export type Changes = { fields: string[]; from: Row; to: Row };

/** The fields of `before` whose value is another one in `after`. A field that `after` leaves undefined stays as it is. */
export function changedFields<Before extends object>(
  before: Before,
  after: Partial<Before>,
): Partial<Before> {
  const changed = Object.entries(after).filter(([field, value]) =>
    value !== undefined && !isSame(value, before[field as keyof Before])
  );
  return Object.fromEntries(changed) as Partial<Before>;
}

/** A change as the audit log's details tell it. The values of the fields in `withoutValues` stay out of the log. */
export function describeChanges<Before extends object>(
  before: Before,
  changed: Partial<Before>,
  { withoutValues = [] }: { withoutValues?: (keyof Before)[] } = {},
): Changes {
  const fields = Object.keys(changed).sort();
  const shown = fields.filter((field) => !withoutValues.includes(field as keyof Before));
  return { fields, from: pick(before, shown), to: pick(changed, shown) };
}

function isSame(one: unknown, other: unknown): boolean {
  if (one instanceof Date && other instanceof Date) return one.getTime() === other.getTime();
  return one === other;
}

function pick(row: object, fields: string[]): Row {
  return Object.fromEntries(fields.map((field) => [field, (row as Row)[field]]));
}
