import { unknownObject } from "../gateway_errors.ts";

/** The customer in an id, such as `cus_x` in `in_x_12`. Throws `not_found`. */
export function customerOf(id: string): string {
  const [, customer] = /^[a-z_]+_([a-z2-7]+)_\d+$/.exec(id) ?? [];
  if (!customer) throw unknownObject(id);
  return `cus_${customer}`;
}

/** Throws `not_found`. */
export function find<Item extends { id: string }>(items: Item[], id: string): Item {
  const found = items.find((item) => item.id === id);
  if (!found) throw unknownObject(id);
  return found;
}
