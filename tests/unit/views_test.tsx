// Protects: pages escape users' text, htmx acts only on elements with the page's nonce, and forms show their errors in text
// and to assistive technology.
import assert from "node:assert/strict";
import { TextField } from "../../views/components/field.tsx";
import { hx } from "../../views/components/hx.ts";
import { Time } from "../../views/components/time.tsx";
import { AppShell } from "../../views/layouts/app_shell.tsx";
import { ProjectsChanged } from "../../views/pages/projects/project_changes.tsx";
import { ProjectDialog } from "../../views/pages/projects/project_form.tsx";
import { ProjectList } from "../../views/pages/projects/project_list.tsx";
import type { ListedProject } from "../../views/pages/projects/project_row.tsx";
import { ProjectsPage } from "../../views/pages/projects/projects_page.tsx";
import { SignInForm } from "../../views/pages/sign_in/sign_in_page.tsx";
import { SignUpForm } from "../../views/pages/sign_up/sign_up_page.tsx";
import { htmlOf, NONCE } from "../support/page.tsx";

const NOW = new Date("2026-03-01T12:00:00Z");
const ATTACK = `"><button hx-get="/evil"><script>alert(1)</script>`;
const SHELL = {
  links: [
    { label: "Dashboard", href: "/dashboard", icon: "home", group: "main" },
    { label: "Projects", href: "/projects", icon: "folder", group: "main" },
  ] as const,
  tenant: { name: "Acme Instruments", subdomain: "acme", color: null },
  user: { name: "Ada Lovelace", email: "ada@acme.example", role: "owner" },
};
const VIEW = { search: "", status: "active", sort: "-updated_at" } as const;
const PROJECT: ListedProject = {
  id: "0195-a",
  name: "Spring collection",
  description: "",
  status: "active",
  isSample: false,
  ownerId: "0195-b" as ListedProject["ownerId"],
  ownerName: "Ada Lovelace",
  ownerColor: null,
  version: 1,
  createdAt: NOW,
  updatedAt: NOW,
};
const PAGES = { place: { first: 26, last: 50, total: 1_284 }, previousCursor: "before", nextCursor: "next" };
const LIST = {
  projects: [PROJECT],
  pages: PAGES,
  counts: { all: 1_290, active: 1_284, archived: 6 },
  view: VIEW,
  now: NOW,
  canWrite: true,
};

function htmxTags(page: string): string[] {
  return (page.match(/<[a-z][^>]*\shx-(?:get|post)=[^>]*>/g) ?? []);
}

Deno.test("a project's name that looks like markup is shown as text", async () => {
  const project = { ...PROJECT, name: ATTACK, description: ATTACK, ownerName: ATTACK };

  const page = await htmlOf(
    <ProjectsPage {...LIST} projects={[project]} view={{ ...VIEW, search: ATTACK }} />,
  );

  assert.ok(!page.includes("<script>alert"));
  assert.ok(!page.includes(`<button hx-get="/evil"`));
  assert.ok(page.includes("&lt;script&gt;alert(1)&lt;/script&gt;"));
});

Deno.test("every element that htmx acts on has the page's nonce", async () => {
  const pages = await Promise.all([
    htmlOf(<ProjectsPage {...LIST} />),
    htmlOf(<ProjectDialog />),
    htmlOf(<SignInForm />),
  ]);

  const tags = pages.flatMap(htmxTags);

  assert.ok(tags.length >= 8);
  assert.deepEqual(tags.filter((tag) => !tag.includes(`hx-nonce="${NONCE}"`)), []);
});

Deno.test("pages have no inline styles or scripts, which the CSP would block", async () => {
  const page = await htmlOf(
    <AppShell {...SHELL} title="Projects">
      <ProjectsPage {...LIST} />
    </AppShell>,
  );

  assert.doesNotMatch(page, /\sstyle=|<style|\son[a-z]+=|hx-on|javascript:/);
  assert.doesNotMatch(page, /<script(?![^>]*\ssrc=)/);
});

Deno.test("a view outside a page throws instead of omitting the nonce", () => {
  assert.throws(() => hx({ get: "/projects" }), /PageContext\.Provider/);
});

Deno.test("a sign-up with an error keeps the input and shows the error next to the field", async () => {
  const values = { company_name: "Acme", subdomain: "www", name: "Ada", email: "ada@acme.example" };

  const form = await htmlOf(
    <SignUpForm
      values={values}
      errors={{ subdomain: "This address is taken." }}
      hostSuffix=".localhost:8000"
    />,
  );

  const input = form.match(/<input[^>]*id="subdomain"[^>]*>/)?.[0] ?? "";
  assert.match(input, /value="www"/);
  assert.match(input, /aria-invalid="true"/);
  assert.match(input, /aria-describedby="subdomain-status"/);
  assert.match(input, /autofocus/);
  assert.match(form, /id="subdomain-error"[^>]*>.*This address is taken\./s);
  assert.match(form, /value="ada@acme.example"/);
});

Deno.test("a password is never rendered back into a form", async () => {
  const form = await htmlOf(
    <SignInForm values={{ email: "ada@acme.example" }} problem="This email and password don't match." />,
  );

  const input = form.match(/<input[^>]*id="password"[^>]*>/)?.[0] ?? "";
  assert.doesNotMatch(input, /value=/);
  assert.match(form, /role="alert"/);
});

Deno.test("a field without a hint or an error has no description", async () => {
  const field = await htmlOf(<TextField id="name" name="name" label="Name" />);

  assert.match(field, /<label for="name"/);
  assert.doesNotMatch(field, /aria-describedby|aria-invalid/);
});

Deno.test("the navigation marks the current page", async () => {
  const page = await htmlOf(<AppShell {...SHELL} title="Dashboard">Figures</AppShell>, "/dashboard");

  assert.match(page, /<a[^>]*href="\/dashboard"[^>]*aria-current="page"/);
  assert.doesNotMatch(page, /<a[^>]*href="\/projects"[^>]*aria-current/);
  assert.match(page, /class="tenant-name[^>]*>Acme Instruments</);
});

Deno.test("a list links to the pages beside it and says where it is, with and without htmx", async () => {
  const view = { ...VIEW, status: "archived" } as const;
  const ends = { place: { first: 1, last: 25, total: 26 }, previousCursor: null, nextCursor: "next" };

  const middle = await htmlOf(<ProjectList {...LIST} view={view} />);
  const first = await htmlOf(<ProjectList {...LIST} pages={ends} />);
  const only = await htmlOf(<ProjectList {...LIST} pages={{ ...ends, nextCursor: null }} />);

  assert.match(middle, /26–50 of 1,284/);
  for (const cursor of ["before", "next"]) {
    const href = `/projects\\?status=archived&amp;cursor=${cursor}`;
    assert.match(middle, new RegExp(`<a[^>]*href="${href}"[^>]*hx-get="${href}"`));
  }
  assert.match(first, /<a id="project-list-previous" role="link" aria-disabled="true"/);
  assert.doesNotMatch(only, /cursor=|aria-disabled/);
});

Deno.test("the heads of a list sort it, and say how it is sorted", async () => {
  const list = await htmlOf(<ProjectList {...LIST} view={{ ...VIEW, search: "x", status: "all" }} />);

  assert.match(list, /<th[^>]*aria-sort="descending"[^>]*><a[^>]*href="[^"]*sort=updated_at"[^>]*>Updated/);
  assert.match(list, /<a[^>]*href="\/projects\?search=x&amp;status=all&amp;sort=name"[^>]*>Name/);
  assert.equal(list.match(/aria-sort/g)?.length, 1);
});

Deno.test("the tabs of a list count what is behind them", async () => {
  const list = await htmlOf(<ProjectList {...LIST} />);

  assert.match(list, /aria-current="page"[^>]*>Active<span[^>]*>1,284</);
  assert.match(list, /href="\/projects\?status=archived"[^>]*>Archived<span[^>]*>6</);
});

Deno.test("a viewer sees no actions", async () => {
  const page = await htmlOf(<ProjectsPage {...LIST} canWrite={false} />);

  assert.doesNotMatch(page, /New project|\/edit|\/delete|\/archive/);
});

Deno.test("a change in place returns the list, an empty editor and a toast that undoes it", async () => {
  const undo = { action: "/projects/0195-a/restore", row: "project-0195-a" };
  const message = { kind: "success", text: "Spring collection was archived.", undo } as const;

  const answer = await htmlOf(<ProjectsChanged list={LIST} message={message} />);

  assert.match(answer, /hx-target="#project-list" hx-swap="outerMorph"[^]*id="project-0195-a"/);
  assert.match(answer, /hx-target="#project-editor" hx-swap="innerHTML"><\/hx-partial>/);
  assert.match(
    answer,
    /hx-target="#flash"[^]*was archived\.[^]*<form[^>]*action="\/projects\/0195-a\/restore"/,
  );
});

Deno.test("a time is short for people and complete for programs", async () => {
  const at = new Date("2026-03-01T09:00:00Z");

  const time = await htmlOf(<Time at={at} now={NOW} />);
  const justNow = await htmlOf(<Time at={NOW} now={NOW} />);

  assert.match(time, /datetime="2026-03-01T09:00:00.000Z"/);
  assert.match(time, />3 hr</);
  assert.match(justNow, />Just now</);
});
