import { Badge } from "../components/badge.tsx";
import { ButtonLink } from "../components/button.tsx";
import { Icon, type IconName } from "../components/icon.tsx";
import { Stat } from "../components/stat.tsx";
import { TenantMark } from "../components/tenant_mark.tsx";

const FEATURES: { icon: IconName; title: string; text: string }[] = [
  {
    icon: "home",
    title: "Your own address",
    text: "Your team signs in at a subdomain with your company's name. Only your company's work is there.",
  },
  {
    icon: "shield",
    title: "Isolated by the database",
    text:
      "Every workspace has its own Postgres schema and role. A mistake in one workspace can't reach another.",
  },
  {
    icon: "bolt",
    title: "An API for everything",
    text: "Programs can do everything that pages can, with the same permissions and checks.",
  },
  {
    icon: "inbox",
    title: "A complete history",
    text: "Every change is logged with its author and time.",
  },
];

/** `/`: introduces Denizen to visitors. */
export function LandingPage({ isSignedIn }: { isSignedIn: boolean }) {
  return (
    <>
      <section class="mx-auto grid max-w-6xl items-center gap-10 px-5 py-14 sm:py-20 lg:grid-cols-[1fr_1.05fr] lg:gap-14">
        <div class="grid justify-items-start gap-5">
          <h1 class="text-3xl font-semibold tracking-tightest text-balance sm:text-4xl">
            Every company gets its own workspace
          </h1>
          <p class="max-w-xl text-lg text-muted text-pretty">
            Denizen keeps your team's projects in one place, at your own address, separate from every other
            company.
          </p>
          <CallToAction isSignedIn={isSignedIn} />
        </div>
        <Preview />
      </section>
      <section aria-label="What you get" class="border-t border-line bg-surface">
        <ul class="mx-auto grid max-w-6xl gap-x-10 gap-y-9 px-5 py-14 sm:grid-cols-2 sm:py-16">
          {FEATURES.map(({ icon, title, text }) => (
            <li class="flex gap-4">
              <span class="grid size-10 shrink-0 place-items-center rounded-lg bg-accent-soft text-accent-ink">
                <Icon name={icon} class="size-5" />
              </span>
              <div class="grid gap-1">
                <h2 class="text-md font-semibold">{title}</h2>
                <p class="text-muted text-pretty">{text}</p>
              </div>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function CallToAction({ isSignedIn }: { isSignedIn: boolean }) {
  if (isSignedIn) {
    return (
      <ButtonLink href="/workspaces" variant="primary" size="large">
        Go to your workspaces
        <Icon name="arrow-right" />
      </ButtonLink>
    );
  }
  return (
    <div class="grid gap-3">
      <div class="flex flex-wrap gap-3">
        <ButtonLink href="/signup" variant="primary" size="large">Create your workspace</ButtonLink>
        <ButtonLink href="/login" size="large">Sign in</ButtonLink>
      </div>
      <p class="text-sm text-muted">Free to start. No credit card needed.</p>
    </div>
  );
}

const PREVIEW_PROJECTS = [
  { name: "Spring collection", status: "Active", tone: "success" },
  { name: "Warehouse move", status: "Active", tone: "success" },
  { name: "Trade fair 2025", status: "Archived", tone: "neutral" },
] as const;

function Preview() {
  return (
    <div class="overflow-hidden rounded-xl border border-line bg-canvas shadow-pop" aria-hidden="true">
      <div class="flex h-12 items-center gap-2.5 border-b border-line bg-surface px-4">
        <TenantMark name="Northwind" />
        <span class="font-semibold">Northwind</span>
        <span class="ml-auto rounded-full bg-sunken px-2.5 py-0.5 text-xs text-muted">northwind</span>
      </div>
      <div class="grid gap-4 p-4 sm:p-5">
        <dl class="grid grid-cols-2 gap-3">
          <Stat label="Projects" value="24" />
          <Stat label="API calls" value="18,204" />
        </dl>
        <ul class="divide-y divide-line rounded-lg border border-line bg-surface">
          {PREVIEW_PROJECTS.map(({ name, status, tone }) => (
            <li class="flex items-center justify-between gap-3 px-4 py-3">
              <span class="font-medium">{name}</span>
              <Badge tone={tone}>{status}</Badge>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
