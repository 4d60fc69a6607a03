/** A request's parameters, nested as Stripe nests them. All values are text. */
export type Form = { [name: string]: Form | string };

/** Reads `items[0][price]=x` as `{ items: { 0: { price: "x" } } }`. */
export function readForm(text: string): Form {
  const form: Form = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.split(/[[\]]+/).filter((part) => part !== "");
    let inner = form;
    for (const part of path.slice(0, -1)) inner = (inner[part] ??= {}) as Form;
    inner[path.at(-1)!] = value;
  }
  return form;
}

export function textIn(form: Form, ...path: string[]): string | null {
  let inner: Form | string | undefined = form;
  for (const part of path) inner = typeof inner === "object" ? inner[part] : undefined;
  return typeof inner === "string" ? inner : null;
}

export function listIn(form: Form, name: string): Form[] {
  const list = form[name];
  return typeof list === "object" ? Object.values(list).filter((item) => typeof item === "object") : [];
}
