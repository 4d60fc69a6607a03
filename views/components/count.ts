const COUNT = new Intl.NumberFormat("en");

/** A number of things: "1,284". */
export function formatCount(count: number): string {
  return COUNT.format(count);
}
