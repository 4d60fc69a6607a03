import { type FieldContext, titled } from "./field_types.ts";
import type { Field, FieldType } from "./fields.ts";
import { noun } from "./names.ts";
import type { Target } from "./targets.ts";

/** A value for the demo, from the number `index` of its row. It differs between rows, and is the same each time. */
const DEMO_VALUES: Record<Exclude<FieldType, "ref">, (field: Field) => string> = {
  text: ({ key, title }) => `\`${key === "name" ? "Sample thing" : title} \${index + 1}\``,
  longtext: ({ title }) => `\`${title} of number \${index + 1}.\``,
  number: () => "(index * 37) % 90 / 2 + 1",
  cents: () => "((index * 7_919) % 400 + 10) * 1_250",
  date: () => "dayOf(after(ctx.services.clock.now(), ((index * 11) % 60 - 10) * DAY))",
  boolean: () => "index % 3 === 0",
  choice: ({ choices }) =>
    `([${choices.map((each) => `"${each}"`).join(", ")}] as const)[index % ${choices.length}]!`,
  email: () => "`person${index + 1}@company.example`",
  url: ({ column }) => `\`https://company.example/${column}/\${index + 1}\``,
};

/** What a guide says about a value. */
const MEANINGS: Record<FieldType, (context: FieldContext) => string> = {
  text: () => "up to 200 characters",
  longtext: () => "up to 5,000 characters, on several lines",
  number: () => "a number",
  cents: () => "an amount in US dollars",
  date: () => "a day",
  boolean: () => "yes or no",
  choice: ({ field: { choices } }) => `one of ${choices.map((choice) => `_${titled(choice)}_`).join(", ")}`,
  email: () => "an email address",
  url: () => "a web address",
  ref: ({ field: { target } }) => `one of your ${noun(target).words}`,
};

export function demoOf(field: Field): string {
  return field.type === "ref" ? `${field.key},` : `${field.key}: ${DEMO_VALUES[field.type](field)},`;
}

/** The row that a reference leads to. Without one, a required reference can't be filled. */
export function demoRowOf({ key, isOptional }: Field, { table }: Target): string {
  const found = `const ${key} = await someId(ctx, ${table}, index);`;
  return isOptional ? found : `${found}\nif (!${key}) return;`;
}

export function guideOf(context: FieldContext): string {
  const { field } = context;
  return `- _${field.title}_: ${MEANINGS[field.type](context)}${field.isOptional ? " (optional)" : ""}`;
}
