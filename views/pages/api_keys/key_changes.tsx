import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { CLOSES_DIALOG, Dialog } from "../../components/dialog.tsx";
import { hx } from "../../components/hx.ts";
import { SelectField } from "../../components/select.tsx";
import { Time } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { KEYS, type ListedKey } from "./key_list.tsx";
import { keyText } from "./text.ts";

/** How many hours the present key keeps working after a rotation. */
const OVERLAPS = ["0", "1", "24", "168"] as const;
const DEFAULT_OVERLAP = "24";

/** `/developers/api-keys/:id/rotate`: asks how long the present key keeps working. */
export function RotatePage(
  { apiKey: { id, name }, error }: { apiKey: Pick<ListedKey, "id" | "name">; error?: string },
) {
  const text = keyText.use();
  return (
    <div class="max-w-xl">
      <Card>
        <form method="post" action={`${KEYS.path}/${id}/rotate`} class="grid gap-5">
          <p class="text-muted wrap-anywhere">{fill(text.rotateLead, { name: <Name name={name} /> })}</p>
          <SelectField
            id="key-overlap"
            name="overlap_hours"
            label={text.overlap}
            options={OVERLAPS.map((value) => ({ value, label: text.overlaps[value] }))}
            value={DEFAULT_OVERLAP}
            error={error}
          />
          <div class="flex flex-wrap gap-2">
            <Button variant="primary">{text.rotateButton}</Button>
            <ButtonLink href={`${KEYS.path}/${id}`}>{text.cancel}</ButtonLink>
          </div>
        </form>
      </Card>
    </div>
  );
}

type RevokeProps = { apiKey: ListedKey; now: Date };

/** `/developers/api-keys/:id/revoke` as a page. */
export function RevokePage(props: RevokeProps) {
  return (
    <div class="max-w-xl">
      <Card>
        <RevokeForm {...props} inPlace={false} />
      </Card>
    </div>
  );
}

/** The dialog that htmx gets from `/developers/api-keys/:id/revoke`. */
export function RevokeDialog(props: RevokeProps) {
  return (
    <Dialog id="key-dialog" title={keyText.use().revokeTitle}>
      <RevokeForm {...props} inPlace />
    </Dialog>
  );
}

function RevokeForm(
  { apiKey: { id, name, lastUsedAt }, now, inPlace }: RevokeProps & { inPlace: boolean },
) {
  const text = keyText.use();
  const action = `${KEYS.path}/${id}/revoke`;
  const swap = inPlace ? hx({ post: action, target: "this", swap: "outerHTML", disable: "find button" }) : {};
  return (
    <form method="post" action={action} class="grid gap-5" {...swap}>
      <p class="text-muted wrap-anywhere">
        {fill(text.revokeLead, { name: <Name name={name} /> })}{" "}
        {lastUsedAt ? [...fill(text.used, { time: <Time at={lastUsedAt} now={now} /> }), "."] : null}
      </p>
      <div class="flex flex-wrap gap-2">
        <Button variant="danger">{text.revokeButton}</Button>
        {inPlace
          ? <Button type="button" autofocus {...CLOSES_DIALOG}>{text.cancel}</Button>
          : <ButtonLink href={`${KEYS.path}/${id}`}>{text.cancel}</ButtonLink>}
      </div>
    </form>
  );
}

function Name({ name }: { name: string }) {
  return (
    <strong class="font-semibold text-ink">
      <bdi>{name}</bdi>
    </strong>
  );
}
