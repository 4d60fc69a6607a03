import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { CopyField } from "../../components/copy_field.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { fill } from "../../text.ts";
import { KEYS } from "./key_list.tsx";
import { keyText } from "./text.ts";

type SecretPageProps = {
  name: string;
  secret: string;
  apiUrl: string;
  /** After a rotation: how many hours the earlier key still works. */
  overlapHours?: number;
};

/** A new key, right after it was made. It can't be shown again. */
export function SecretPage({ name, secret, apiUrl, overlapHours }: SecretPageProps) {
  const text = keyText.use();
  return (
    <div class="max-w-xl">
      <PageLead>
        {fill(text.createdLead, { name: <strong class="font-semibold text-ink" dir="auto">{name}</strong> })}
        {overlapHours === undefined ? null : ` ${text.overlapUntil(overlapHours)}`}
      </PageLead>
      <Card>
        <div class="grid gap-5">
          <CopyField id="api-key" label={text.secret} hint={text.secretHint} value={secret} />
          <div class="grid gap-1.5">
            <p class="font-medium">{text.tryIt}</p>
            <pre
              class="overflow-x-auto rounded-md border border-line bg-sunken p-3 font-mono text-sm"
              dir="ltr"
              tabindex={0}
              role="region"
              aria-label={text.tryIt}
            >
              {commandFor(apiUrl)}
            </pre>
          </div>
          <div>
            <ButtonLink href={KEYS.path} variant="primary">{text.done}</ButtonLink>
          </div>
        </div>
      </Card>
    </div>
  );
}

/** Asks who the key is. The reader puts the key into `API_KEY` first. */
function commandFor(apiUrl: string): string {
  return `curl ${apiUrl}/me \\\n  -H "X-API-Key: $API_KEY"`;
}
