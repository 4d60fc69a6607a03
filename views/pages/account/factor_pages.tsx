import type { FieldErrors } from "../../../src/errors.ts";
import type { PendingFactor } from "../../../src/identity/pending_factors.ts";
import type { CodeFactorType } from "../../../src/identity/factors.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { CodeField } from "../../components/code_field.tsx";
import { TextField } from "../../components/field.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { QrCode } from "../../components/qr_code.tsx";
import { accountText } from "./text.ts";

const SECURITY = "/account/security";
const TEXT_FORM_ID = "text-code-form";
/** Letters in a group of a key, so that people can type it. */
const KEY_GROUP = /.{1,4}/g;

type NewFactorPageProps = {
  type: CodeFactorType;
  values?: { name?: string; phone?: string };
  errors?: FieldErrors;
};

/** `/account/security/factors/new`: names a new second factor. */
export function NewFactorPage({ type, values = {}, errors = {} }: NewFactorPageProps) {
  const text = accountText.use();
  return (
    <Card>
      <form method="post" action="/account/security/factors" novalidate class="grid gap-5">
        <input type="hidden" name="type" value={type} />
        {type === "sms"
          ? (
            <TextField
              id="phone"
              name="phone"
              type="tel"
              label={text.phone}
              hint={text.phoneHint}
              value={values.phone}
              error={errors.phone}
              maxlength={40}
              autocomplete="tel"
              dir="ltr"
              autofocus
            />
          )
          : null}
        {type === "sms" ? <p class="text-sm text-muted">{text.phoneIsWeaker}</p> : null}
        {type === "sms" ? null : (
          <TextField
            id="factor-name"
            name="name"
            label={text.factorName}
            hint={text.factorNameHint}
            value={values.name ?? text.factorTypes[type]}
            error={errors.name}
            maxlength={60}
            dir="auto"
            autofocus
          />
        )}
        <div class="flex flex-wrap gap-2">
          <Button variant="primary">{text.start}</Button>
          <ButtonLink href={SECURITY}>{text.cancel}</ButtonLink>
        </div>
      </form>
    </Card>
  );
}

type ConfirmFactorPageProps = {
  factor: PendingFactor;
  email: string;
  errors?: FieldErrors;
  /** Why no other code could be texted. */
  problem?: string;
};

/** `/account/security/factors/:id`: shows the secret, and asks for a first code. */
export function ConfirmFactorPage({ factor, email, errors = {}, problem }: ConfirmFactorPageProps) {
  const text = accountText.use();
  const { id, secret, otpauthUri, phone } = factor;
  const lead = otpauthUri ? text.scanLead : phone ? text.phoneLead(phone) : text.emailFactorLead(email);
  return (
    <>
      <PageLead>{lead}</PageLead>
      <Card>
        {problem
          ? (
            <div class="mb-5">
              <Alert kind="error">{problem}</Alert>
            </div>
          )
          : null}
        {secret && otpauthUri
          ? (
            <div class="mb-5 flex flex-wrap items-center gap-5">
              <QrCode text={otpauthUri} label={text.qrLabel} />
              <div class="grid min-w-0 flex-1 basis-56 gap-1.5">
                <p class="text-sm text-muted">{text.cantScan}</p>
                <code id="totp-secret" class="font-mono text-base wrap-anywhere select-all" dir="ltr">
                  {secret.match(KEY_GROUP)!.join(" ")}
                </code>
              </div>
            </div>
          )
          : null}
        <form method="post" action={`/account/security/factors/${id}`} novalidate class="grid gap-5">
          <CodeField
            id="code"
            name="code"
            label={text.code}
            error={errors.code}
            inputmode="numeric"
            autofocus
          />
          <div class="flex flex-wrap gap-2">
            <Button id="verify-button" variant="primary">{text.verify}</Button>
            {phone ? <Button form={TEXT_FORM_ID}>{text.textAgain}</Button> : null}
            <ButtonLink href={SECURITY}>{text.cancel}</ButtonLink>
          </div>
        </form>
        {phone
          ? <form id={TEXT_FORM_ID} method="post" action={`/account/security/factors/${id}/text`} />
          : null}
      </Card>
    </>
  );
}

/** Recovery codes, right after they were made. */
export function RecoveryCodesPage({ codes, home }: { codes: string[]; home: string }) {
  const text = accountText.use();
  return (
    <>
      <PageLead>{text.codesLead}</PageLead>
      <Card title={text.recoveryCodes} note={text.codesOnce}>
        <ul class="grid gap-x-8 gap-y-2 font-mono text-base sm:grid-cols-2" dir="ltr">
          {codes.map((code) => <li key={code} class="recovery-code select-all">{code}</li>)}
        </ul>
        <div class="mt-5">
          <ButtonLink href={home} variant="primary">{text.codesSaved}</ButtonLink>
        </div>
      </Card>
    </>
  );
}
