import type { FieldErrors } from "../../../src/errors.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { CONTROL_LOOK, controlBorder, describedBy, FieldError, FieldFrame } from "../../components/field.tsx";
import { FileInput } from "../../components/file_input.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { LogoImage, type Mark } from "../../components/tenant_mark.tsx";
import { PRODUCT_COLOR } from "../../emails/palette.ts";
import { BrandPreview } from "./brand_preview.tsx";
import { brandText } from "./text.ts";

export type BrandPageProps = {
  mark: Mark;
  /** The form with errors. */
  refused?: { values: { brand_color?: string }; errors: FieldErrors };
};

const REMOVAL_FORM = "remove-logo";
const FILE_TYPES = "image/png,image/jpeg,image/webp";

/** `/settings/brand`: the workspace's color and logo. The preview follows them, and without script it shows what is saved. */
export function BrandPage({ mark, refused }: BrandPageProps) {
  const text = brandText.use();
  const { values, errors } = refused ?? { values: {}, errors: {} as FieldErrors };
  return (
    <>
      <PageLead>{text.lead}</PageLead>
      <form
        method="post"
        action="/settings/brand"
        enctype="multipart/form-data"
        novalidate
        class="grid grid-cols-1 gap-6"
        x-data="brand"
        data-color={PRODUCT_COLOR}
      >
        <Card title={text.preview} flush class="overflow-hidden max-sm:order-last">
          <BrandPreview mark={mark} />
        </Card>
        <Card>
          <div class="grid gap-6">
            <ColorField value={values.brand_color ?? mark.color ?? ""} error={errors.brand_color} />
            <LogoField logoUrl={mark.logoUrl} error={errors.logo} />
            <div>
              <Button variant="primary">{text.save}</Button>
            </div>
          </div>
        </Card>
      </form>
      {mark.logoUrl
        ? <form id={REMOVAL_FORM} method="post" action="/settings/brand/logo/removal"></form>
        : null}
    </>
  );
}

/** The picker needs a script to fill in the field, so it is hidden without one. */
function ColorField({ value, error }: { value: string; error?: string }) {
  const text = brandText.use();
  const field = { id: "brand-color", label: text.color, hint: text.colorHint, error };
  return (
    <FieldFrame {...field}>
      <div class="flex gap-2">
        <input
          type="color"
          aria-label={text.pickColor}
          value={PRODUCT_COLOR}
          class="h-9 w-12 shrink-0 cursor-pointer rounded-md border border-field bg-surface p-1 max-sm:h-11"
          x-cloak
          x-bind:value="fill"
          x-on:input="pick"
        />
        <input
          id={field.id}
          name="brand_color"
          value={value}
          maxlength={20}
          placeholder={PRODUCT_COLOR}
          autocomplete="off"
          spellcheck={false}
          autofocus={error ? true : undefined}
          class={`${CONTROL_LOOK} h-9 max-w-40 font-mono max-sm:h-11 ${controlBorder(error)}`}
          {...describedBy(field)}
          x-ref="hex"
          x-on:input="type"
        />
      </div>
    </FieldFrame>
  );
}

function LogoField({ logoUrl, error }: { logoUrl?: string | null; error?: string }) {
  const text = brandText.use();
  const field = { id: "logo", label: text.logo, hint: text.logoHint, error };
  return (
    <div class="grid gap-3">
      <FieldFrame {...field}>
        <FileInput
          id={field.id}
          name="logo"
          accept={FILE_TYPES}
          error={error}
          {...describedBy(field)}
          x-on:change="choose"
        />
        <div role="alert" class="contents">
          <template x-if="isTooLarge">
            <FieldError id="logo-size-error" text={text.tooLarge} />
          </template>
        </div>
      </FieldFrame>
      {logoUrl
        ? (
          <div class="flex items-center gap-3">
            <LogoImage src={logoUrl} class="size-12 rounded-lg" />
            <span class="flex-1 text-muted">{text.currentLogo}</span>
            <Button form={REMOVAL_FORM} size="small">{text.remove}</Button>
          </div>
        )
        : null}
    </div>
  );
}
