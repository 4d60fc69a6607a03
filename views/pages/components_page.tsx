import { SiteLayout } from "../layouts/site_layout.tsx";

export function ComponentsPage() {
  return <SiteLayout title="Components">soon</SiteLayout>;
}
