import { Card } from "../../components/card.tsx";
import { formatCount } from "../../components/count.ts";
import { TextLink } from "../../components/link.tsx";
import { Day } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { adminBillingText } from "./billing_text.ts";

/** An override with the name of its limit or feature for people. */
export type ShownOverride = {
  key: string;
  label: string;
  value: { limit: number | null } | { allowed: boolean };
  endsAt: Date | null;
};

/** What staff allow the workspace beside its plan. */
export function OverridesCard(
  { overrides, path, now }: { overrides: ShownOverride[]; path: string; now: Date },
) {
  const text = adminBillingText.use();
  return (
    <Card title={text.overrides}>
      {overrides.length === 0 ? <p class="text-muted">{text.noOverrides}</p> : (
        <ul class="grid gap-3">
          {overrides.map(({ key, label, value, endsAt }) => (
            <li key={key} class="flex items-baseline justify-between gap-3">
              <span class="min-w-0 wrap-anywhere">
                {label}: <OverrideValue value={value} />
                {endsAt
                  ? (
                    <span class="block text-sm text-muted">
                      {fill(endsAt > now ? text.until : text.ended, { day: <Day at={endsAt} /> })}
                    </span>
                  )
                  : null}
              </span>
              <TextLink
                href={`${path}/override/removal?${new URLSearchParams({ key })}`}
                aria-label={text.removeNamed(label)}
              >
                {text.remove}
              </TextLink>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function OverrideValue({ value }: Pick<ShownOverride, "value">) {
  const text = adminBillingText.use();
  if ("allowed" in value) return <>{value.allowed ? text.allowed : text.notAllowed}</>;
  return <>{value.limit === null ? text.unlimited : formatCount(value.limit)}</>;
}
