import { Checkbox } from "../../components/checkbox.tsx";

/** A plan with its name in the reader's language. */
export type NamedPlan = { key: string; name: string };

/** A checkbox for each plan. `planFields` in src reads them. */
export function PlanChoices(
  { label, hint, plans, values }: {
    label: string;
    hint?: string;
    plans: NamedPlan[];
    values: Record<string, string | undefined>;
  },
) {
  return (
    <fieldset class="grid gap-1">
      <legend class="mb-1 text-base font-medium">{label}</legend>
      {plans.map(({ key, name }) => (
        <Checkbox
          key={key}
          id={`plan-${key}`}
          name={`plan_${key}`}
          label={name}
          checked={values[`plan_${key}`] === "on"}
        />
      ))}
      {hint ? <p class="text-sm text-muted">{hint}</p> : null}
    </fieldset>
  );
}
