import type { Form } from "./form.ts";

/** What a parameter may be. Everything is text on the wire. */
export type Rule = { readonly accepts: (value: string) => boolean; readonly name: string };
type Maybe<Inner> = { readonly optional: Inner };

/** Rules for parameters of this type. A name that the type doesn't have doesn't compile. */
export type Spec<Params> = Params extends readonly (infer Item)[] ? readonly [Spec<Item>] | Rule
  : Params extends object
    ? Rule | { readonly [Name in keyof Params]?: Spec<Params[Name]> | Maybe<Spec<Params[Name]>> }
  : Rule;

type AnySpec = Rule | readonly [unknown] | { readonly [name: string]: unknown };

export const TEXT: Rule = { name: "text", accepts: (value) => value.length > 0 };
export const EMPTY: Rule = { name: "empty", accepts: (value) => value === "" };
export const WHOLE: Rule = { name: "a whole number", accepts: (value) => /^-?\d+$/.test(value) };
export const FLAG: Rule = {
  name: "true or false",
  accepts: (value) => value === "true" || value === "false",
};
export const LIMIT: Rule = {
  name: "1 to 100",
  accepts: (value) => Number(value) >= 1 && Number(value) <= 100,
};

export function oneOf(...values: string[]): Rule {
  return { name: values.join(" or "), accepts: (value) => values.includes(value) };
}

export function like(pattern: RegExp): Rule {
  return { name: String(pattern), accepts: (value) => pattern.test(value) };
}

export function maybe<Inner>(optional: Inner): Maybe<Inner> {
  return { optional };
}

/** Paths that may be expanded. Stripe expands four levels at the most. */
export function paths(...values: string[]): readonly [Rule] {
  return [{
    name: values.join(" or "),
    accepts: (value) => values.includes(value) && value.split(".").length <= 4,
  }];
}

/** What is wrong with a request's parameters: unknown, missing, or not what the rule says. */
export function problemsOf(form: Form | string, spec: unknown, path = ""): string[] {
  const rule = spec as AnySpec;
  if (isRule(rule)) {
    if (typeof form === "string" && rule.accepts(form)) return [];
    return [`${path}: must be ${rule.name}, and is ${JSON.stringify(form)}`];
  }
  if (typeof form === "string") return [`${path}: must have parts`];
  if (Array.isArray(rule)) {
    return Object.entries(form).flatMap(([index, item]) => problemsOf(item, rule[0], `${path}[${index}]`));
  }
  const fields = Object.entries(rule as Record<string, AnySpec | Maybe<AnySpec>>);
  const unknown = Object.keys(form).filter((name) => !fields.some(([known]) => known === name))
    .map((name) => `${path}.${name}: unknown parameter`);
  return [
    ...unknown,
    ...fields.flatMap(([name, field]) => {
      const isOptional = "optional" in field;
      const inner = isOptional ? field.optional : field;
      const value = form[name];
      if (value !== undefined) return problemsOf(value, inner, `${path}.${name}`);
      return isOptional ? [] : [`${path}.${name}: missing`];
    }),
  ];
}

function isRule(spec: AnySpec): spec is Rule {
  return "accepts" in spec;
}
