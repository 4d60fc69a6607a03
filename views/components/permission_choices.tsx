import type { Permission } from "../../src/access/permissions.ts";
import type { Wording } from "../../src/platform/wording.ts";
import { useTranslate } from "../wording.ts";
import { componentText } from "./component_text.ts";
import { FieldError } from "./field.tsx";

/** A permission to choose. Nobody can choose one that they lack. */
export type PermissionChoice = Named & { implies: readonly Named[]; isAllowed: boolean };
type Named = Pick<Permission, "key" | "label">;
export type ChoiceGroup = { label: Wording; choices: PermissionChoice[] };

/** Checkboxes named `permissions`, by feature. What a permission implies is chosen with it. */
export function PermissionChoices(
  { legend, groups, chosen, error }: {
    legend: string;
    groups: ChoiceGroup[];
    chosen: readonly string[];
    error?: string;
  },
) {
  const isLimited = groups.some(({ choices }) => choices.some(({ isAllowed }) => !isAllowed));
  return (
    <fieldset
      class="min-w-0"
      x-data="permissions"
      x-on:change="addImplied"
      aria-describedby={error ? "permissions-error" : undefined}
    >
      <legend class="mb-2 font-medium">{legend}</legend>
      {isLimited ? <p class="mb-2 text-sm text-muted">{componentText.use().onlyYourOwn}</p> : null}
      <div class="divide-y divide-line overflow-hidden rounded-md border border-field">
        {groups.map((group) => <Group key={group.label.code} group={group} chosen={chosen} />)}
      </div>
      {error
        ? (
          <div class="mt-1.5">
            <FieldError id="permissions-error" text={error} />
          </div>
        )
        : null}
    </fieldset>
  );
}

function Group({ group: { label, choices }, chosen }: { group: ChoiceGroup; chosen: readonly string[] }) {
  const translate = useTranslate();
  const id = `permissions-${label.code.replaceAll(/\W/g, "-")}`;
  return (
    <div role="group" aria-labelledby={id} class="grid gap-1 px-3 py-2.5 sm:grid-cols-[9rem_1fr] sm:gap-4">
      <p id={id} class="py-1 text-sm font-semibold">{translate(label)}</p>
      <div>
        {choices.map((choice) => (
          <PermissionBox key={choice.key} choice={choice} isChecked={chosen.includes(choice.key)} />
        ))}
      </div>
    </div>
  );
}

/** A permission's checkbox. It names the permissions that come with it. */
function PermissionBox(
  { choice: { key, label, implies, isAllowed }, isChecked }: {
    choice: PermissionChoice;
    isChecked: boolean;
  },
) {
  const text = componentText.use();
  const translate = useTranslate();
  const hintId = `${key.replace(":", "-")}-hint`;
  return (
    <label class="flex items-start gap-2.5 py-1 max-sm:py-3 has-disabled:text-muted">
      <input
        type="checkbox"
        name="permissions"
        value={key}
        checked={isChecked}
        disabled={!isAllowed}
        data-implies={implies.length > 0 ? implies.map((each) => each.key).join(" ") : undefined}
        aria-describedby={implies.length > 0 ? hintId : undefined}
        class="mt-0.5 size-4 shrink-0"
      />
      <span>
        {translate(label)}
        {implies.length > 0
          ? (
            <span id={hintId} aria-hidden="true" class="block text-sm text-muted">
              {text.includes(implies.map((each) => translate(each.label)))}
            </span>
          )
          : null}
      </span>
    </label>
  );
}
