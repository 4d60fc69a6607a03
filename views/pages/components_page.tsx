import { Button, ButtonLink } from "../components/button.tsx";
import { CLOSES_DIALOG, Dialog } from "../components/dialog.tsx";
import { SiteHeading } from "../layouts/site_layout.tsx";
import { ActionSamples } from "./components/action_samples.tsx";
import { ChartSamples } from "./components/chart_samples.tsx";
import { FactSamples } from "./components/fact_samples.tsx";
import { FieldSamples } from "./components/field_samples.tsx";
import { ListSamples } from "./components/list_samples.tsx";
import { MessageSamples } from "./components/message_samples.tsx";
import { PeopleSamples } from "./components/people_samples.tsx";
import { RtlSamples } from "./components/rtl_samples.tsx";
import { anchorOf } from "./components/samples.tsx";
import { StyleSamples } from "./components/style_samples.tsx";

const CONTENTS = [
  "Colors",
  "Text",
  "Icons",
  "Buttons",
  "Links",
  "Menus",
  "Navigation",
  "Dialog",
  "Text fields",
  "Password fields",
  "Choices",
  "Alerts and banners",
  "Toasts",
  "Empty states",
  "Loading",
  "Checklist",
  "Palette rows",
  "Badges",
  "Avatars and marks",
  "Times and numbers",
  "List",
  "Tabs",
  "Table and pagination",
  "Cards",
  "Figures",
  "Former addresses",
  "Charts",
  "Right to left",
];

/** `/dev/components`: every component in all its states. */
export function ComponentsPage() {
  return (
    <div class="mx-auto max-w-[70rem] px-5 py-10 sm:px-8">
      <SiteHeading
        title="Components"
        lead="Every component in all its states."
        action={<ButtonLink href="/dev/components/patterns">Patterns</ButtonLink>}
      />
      <div class="grid grid-cols-1 gap-6 lg:grid-cols-[11rem_minmax(0,1fr)] lg:gap-8">
        <Contents />
        <div class="grid grid-cols-1 gap-6">
          <StyleSamples />
          <ActionSamples />
          <FieldSamples />
          <MessageSamples />
          <PeopleSamples />
          <ListSamples />
          <FactSamples />
          <ChartSamples />
          <RtlSamples />
        </div>
      </div>
    </div>
  );
}

function Contents() {
  return (
    <nav aria-label="Contents" class="max-lg:hidden">
      <ul class="sticky top-6 grid">
        {CONTENTS.map((title) => (
          <li>
            <a
              href={`#${anchorOf(title)}`}
              class="block rounded-sm px-2 py-1 text-sm text-muted transition-colors hover:bg-hover hover:text-ink"
            >
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The dialog that htmx loads from the sample's link. */
export function DialogSample() {
  return (
    <Dialog id="sample-dialog" title="Delete project">
      <div class="grid gap-5">
        <p class="text-muted">Spring collection will be permanently deleted.</p>
        <div class="flex gap-2">
          <Button type="button" variant="danger" {...CLOSES_DIALOG}>Delete project</Button>
          <Button type="button" {...CLOSES_DIALOG}>Cancel</Button>
        </div>
      </div>
    </Dialog>
  );
}
