import { Button, ButtonLink } from "../components/button.tsx";
import { CLOSES_DIALOG, Dialog } from "../components/dialog.tsx";
import { hx } from "../components/hx.ts";
import { ChartSamples } from "./components/chart_samples.tsx";
import { ContentSamples, MessageSamples } from "./components/content_samples.tsx";
import { ActionSamples, FormSamples } from "./components/form_samples.tsx";
import { Samples } from "./components/samples.tsx";

/** `/dev/components`: every component in all its states. */
export function ComponentsPage() {
  return (
    <div class="mx-auto grid max-w-5xl gap-6 px-5 py-10">
      <h1 class="text-2xl font-semibold tracking-tighter">Components</h1>
      <ColorSamples />
      <ActionSamples />
      <FormSamples />
      <MessageSamples />
      <ChartSamples />
      <ContentSamples />
      <DialogLink />
    </div>
  );
}

/** The dialog that htmx loads from the sample's link. */
export function DialogSample() {
  return (
    <Dialog id="sample-dialog" title="Delete project">
      <div class="grid gap-5">
        <p class="text-md text-muted">Spring collection will be permanently deleted.</p>
        <div class="flex gap-2">
          <Button type="button" variant="danger" {...CLOSES_DIALOG}>Delete project</Button>
          <Button type="button" {...CLOSES_DIALOG}>Cancel</Button>
        </div>
      </div>
    </Dialog>
  );
}

function DialogLink() {
  const href = "/dev/components/dialog";
  return (
    <Samples title="Dialog">
      <ButtonLink href={href} {...hx({ get: href, target: "#dialog-sample" })}>Open a dialog</ButtonLink>
      <div id="dialog-sample"></div>
    </Samples>
  );
}

const COLORS = [
  { name: "canvas", look: "bg-canvas" },
  { name: "surface", look: "bg-surface" },
  { name: "sunken", look: "bg-sunken" },
  { name: "ink", look: "bg-ink" },
  { name: "muted", look: "bg-muted" },
  { name: "accent", look: "bg-accent" },
  { name: "accent soft", look: "bg-accent-soft" },
  { name: "info", look: "bg-info" },
  { name: "warning", look: "bg-warning" },
  { name: "danger", look: "bg-danger" },
];

function ColorSamples() {
  return (
    <Samples title="Colors">
      {COLORS.map(({ name, look }) => (
        <span class="grid w-20 gap-1 text-xs text-muted">
          <span class={`h-10 rounded-md border border-line ${look}`}></span>
          {name}
        </span>
      ))}
    </Samples>
  );
}
