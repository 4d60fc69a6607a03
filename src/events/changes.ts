type Row = Record<string, unknown>;

/** The changed fields of a row, sorted by name, with their values before and after. */
export type Changes = { fields: string[]; from: Row; to: Row };

/** The fields of `after` whose content differs from `before`. An undefined field counts as unchanged. */
export function changedFields<Before extends object>(
  before: Before,
  after: Partial<Before>,
): Partial<Before> {
  const changed = Object.entries(after).filter(([field, value]) =>
    value !== undefined && !isSame(value, before[field as keyof Before])
  );
  return Object.fromEntries(changed) as Partial<Before>;
}

/** Describes a change for the details of the audit log. Omits the values of fields in `withoutValues`. */
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
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  }
  return isObject(one) && isObject(other) ? isSameObject(one, other) : one === other;
}

function isSameObject(one: Row, other: Row): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]));
}

function isObject(value: unknown): value is Row {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function pick(row: object, fields: string[]): Row {
  return Object.fromEntries(fields.map((field) => [field, (row as Row)[field]]));
}
