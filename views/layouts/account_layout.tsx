import type { PropsWithChildren } from "hono/jsx";
import type { LayoutProps } from "./layout.ts";
import { type NavigationLink, SubNavigation } from "./navigation.tsx";
import { VerificationNotice } from "./notices.tsx";
import type { Viewer } from "./site_header.tsx";
import { SiteLayout } from "./site_layout.tsx";
import { layoutText } from "./text.ts";

/** The layout of people's account pages on the apex: the site's frame, and the pages of the account side by side. */
export function AccountLayout(
  { viewer, unverified, links, children, ...page }: PropsWithChildren<
    LayoutProps & {
      viewer: Viewer;
      /** The person's email address while it is unconfirmed. */
      unverified?: string;
      links: readonly NavigationLink[];
    }
  >,
) {
  const text = layoutText.use();
  return (
    <SiteLayout {...page} viewer={viewer}>
      <div class="mx-auto max-w-[66rem]">
        {unverified
          ? (
            <div class="mb-6 empty:hidden">
              <VerificationNotice address={unverified} canDismiss />
            </div>
          )
          : null}
        <header class="mb-6">
          <p class="text-sm text-muted">{text.account}</p>
          <h1 class="text-xl font-semibold wrap-anywhere">{page.title}</h1>
        </header>
        <div class="grid grid-cols-1 gap-6 lg:grid-cols-[11rem_minmax(0,40rem)] lg:gap-12">
          <SubNavigation links={links} label={text.account} />
          <div class="min-w-0">{children}</div>
        </div>
      </div>
    </SiteLayout>
  );
}
