import { Initial, LOGO_LOOK, LogoImage, type Mark } from "../../components/tenant_mark.tsx";
import { inkOn, PRODUCT_COLOR } from "../../emails/palette.ts";
import { brandText } from "./text.ts";

/** Changes the colors while a person picks one. */
const LIVE_FILL = { "x-bind:fill": "fill" };
const LIVE_INK = { "x-bind:fill": "ink" };

type Look = { mark: Mark; fill: string; ink: string };

/** The workspace in the sidebar and in an email, in light and dark. The form's component `brand` updates it. */
export function BrandPreview({ mark }: { mark: Mark }) {
  const text = brandText.use();
  const fill = mark.color ?? PRODUCT_COLOR;
  const look = { mark, fill, ink: inkOn(fill) };
  return (
    <div class="grid sm:grid-cols-2">
      <div class="scheme-light bg-canvas p-5 text-ink">
        <Sample {...look} label={text.light} />
      </div>
      <div class="scheme-dark bg-canvas p-5 text-ink">
        <Sample {...look} label={text.dark} />
      </div>
    </div>
  );
}

function Sample({ label, ...look }: Look & { label: string }) {
  const text = brandText.use();
  return (
    <div class="grid gap-4" role="img" aria-label={`${label}: ${look.mark.name}`}>
      <div class="flex items-center gap-2">
        <LiveMark {...look} class="size-6 shrink-0 rounded-sm" />
        <span class="min-w-0 flex-1 truncate font-semibold" dir="auto">{look.mark.name}</span>
        <span class="text-xs text-faint">{label}</span>
      </div>
      <div class="grid gap-4 rounded-lg border border-line bg-surface p-5">
        <LiveMark {...look} class="size-8 shrink-0 rounded-md" />
        <div class="grid gap-2">
          <span class="h-2 w-4/5 rounded-full bg-line"></span>
          <span class="h-2 w-3/5 rounded-full bg-line"></span>
        </div>
        <SampleButton {...look} label={text.sampleButton} />
      </div>
    </div>
  );
}

/** The saved mark, until a person chooses another color or file. */
function LiveMark({ mark: { name, logoUrl }, fill, ink, class: look }: Look & { class: string }) {
  return (
    <span class="contents">
      <span class="contents" x-show="!logo">
        {logoUrl ? <LogoImage src={logoUrl} class={look} /> : (
          <Initial
            name={name}
            fill={fill}
            ink={ink}
            class={look}
            live={{ square: LIVE_FILL, letter: LIVE_INK }}
          />
        )}
      </span>
      <template x-if="logo">
        <img alt="" src="data:," x-bind:src="logo" class={`${LOGO_LOOK} ${look}`} />
      </template>
    </span>
  );
}

function SampleButton({ fill, ink, label }: Look & { label: string }) {
  return (
    <svg class="h-9 w-36 rounded-md" viewBox="0 0 144 36" aria-hidden="true">
      <rect width="144" height="36" fill={fill} {...LIVE_FILL} />
      <text
        x="72"
        y="18"
        dominant-baseline="central"
        text-anchor="middle"
        font-size="14"
        font-weight="500"
        fill={ink}
        {...LIVE_INK}
      >
        {label}
      </text>
    </svg>
  );
}
