import type { FieldErrors } from "../../../src/errors.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { fill } from "../../text.ts";
import { OwnerProof } from "./owner_proof.tsx";
import { accountText } from "./text.ts";

export type DataPageProps = {
  hasPassword: boolean;
  /** The workspaces that only this person owns. */
  ownedAlone: readonly string[];
  errors?: FieldErrors;
  problem?: string;
};

/** `/account/data`: a person downloads their data or deletes their account. */
export function DataPage({ ownedAlone, ...form }: DataPageProps) {
  const text = accountText.use();
  return (
    <div class="grid gap-6">
      <Card title={text.download}>
        <div class="grid justify-items-start gap-4">
          <p class="text-muted">{text.downloadLead}</p>
          <ButtonLink href="/account/data.json" download>{text.downloadButton}</ButtonLink>
        </div>
      </Card>
      <Card title={text.deletion} tone="danger">
        <div class="grid gap-4">
          <p class="text-muted">{text.deletionLead}</p>
          {ownedAlone.length > 0 ? <LastOwner workspaces={ownedAlone} /> : <DeletionForm {...form} />}
        </div>
      </Card>
    </div>
  );
}

function LastOwner({ workspaces }: { workspaces: readonly string[] }) {
  const names = <strong class="font-medium wrap-anywhere" dir="auto">{workspaces.join(", ")}</strong>;
  return <Alert kind="info">{fill(accountText.use().lastOwner, { workspaces: names })}</Alert>;
}

function DeletionForm({ hasPassword, errors = {}, problem }: Omit<DataPageProps, "ownedAlone">) {
  return (
    <form method="post" action="/account/data/deletion" novalidate class="grid gap-5">
      {problem ? <Alert kind="error">{problem}</Alert> : null}
      <OwnerProof hasPassword={hasPassword} error={errors.password} />
      <div>
        <Button variant="danger">{accountText.use().deleteAccount}</Button>
      </div>
    </form>
  );
}
