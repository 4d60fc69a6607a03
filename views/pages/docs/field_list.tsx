import { Icon } from "../../components/icon.tsx";
import type { ReferenceField } from "./reference.ts";
import { RichText } from "./rich_text.tsx";
import { docsText } from "./text.ts";

/** The fields of a request or a response under a heading. Nothing if there are none. */
export function FieldList(
  { title, fields, isAnswer = false }: { title: string; fields: ReferenceField[]; isAnswer?: boolean },
) {
  if (fields.length === 0) return null;
  return (
    <section class="mt-6">
      <h3 class="border-b border-line pb-2 font-medium">{title}</h3>
      <Fields fields={fields} isAnswer={isAnswer} />
    </section>
  );
}

function Fields({ fields, isAnswer }: { fields: ReferenceField[]; isAnswer: boolean }) {
  return (
    <ul class="divide-y divide-line">
      {fields.map((field) => <Field key={field.name} field={field} isAnswer={isAnswer} />)}
    </ul>
  );
}

function Field({ field, isAnswer }: { field: ReferenceField; isAnswer: boolean }) {
  const { name, type, isRequired, description, rules, fields } = field;
  const text = docsText.use();
  return (
    <li class="grid gap-1 py-3">
      <p class="flex flex-wrap items-baseline gap-x-2">
        <code class="font-medium wrap-anywhere">{name}</code>
        <span class="text-sm text-muted">{type}</span>
        {isAnswer ? null : (
          <span class={isRequired ? "text-sm text-warning" : "text-sm text-faint"}>
            {isRequired ? text.required : text.optional}
          </span>
        )}
      </p>
      {description
        ? (
          <p class="text-muted wrap-anywhere">
            <RichText text={description} />
          </p>
        )
        : null}
      {rules.length > 0 ? <p class="text-sm text-muted wrap-anywhere">{`${rules.join(". ")}.`}</p> : null}
      {fields.length > 0
        ? (
          <details class="group mt-1 rounded-md border border-line">
            <summary class="flex min-h-9 items-center gap-2 px-3 text-sm text-muted hover:text-ink">
              <Icon name="chevron-down" class="transition-transform group-open:rotate-180" />
              {text.childFields(name)}
            </summary>
            <div class="border-t border-line px-3">
              <Fields fields={fields} isAnswer={isAnswer} />
            </div>
          </details>
        )
        : null}
    </li>
  );
}
