import { z } from "zod";
import { DeletionScheduled } from "../../views/emails/deletion_scheduled.tsx";
import { emailText } from "../../views/emails/text.ts";
import { Welcome } from "../../views/emails/welcome.tsx";
import type { UserId } from "../access/actor.ts";
import { OWNERS } from "../email/audience.ts";
import { email } from "../email/email.ts";
import { SAMPLE } from "../email/sample.ts";
import { linkInto } from "../identity/emailed_links.ts";
import { idSchema } from "../platform/ids.ts";
import { tenantUrl } from "./tenant.ts";

export const WELCOME = email("welcome", {
  to: OWNERS,
  request: z.object({ userId: idSchema<UserId>() }),
  load: async ({ system, services, tenant }, reader) => {
    if (!reader.emailVerifiedAt && reader.passwordHash) return null; // VERIFY_ADDRESS goes to this owner instead
    const url = tenantUrl(services.config.appUrl, tenant);
    const workspace = {
      name: tenant.name,
      ownerName: reader.name,
      projectsUrl: `${url}/projects`,
      settingsUrl: `${url}/settings`,
    };
    return {
      ...await linkInto(system, reader, { url: `${url}/dashboard`, tenantId: tenant.id }),
      workspace: reader.emailVerifiedAt ? workspace : null,
    };
  },
  subject: ({ workspace }, _brand, locale) => {
    const { subject, unnamed } = emailText.of(locale).welcome;
    return workspace ? subject(workspace.name) : unnamed.subject;
  },
  preheader: ({ workspace, expiryDays }, _brand, locale) => {
    const { welcome, firstPassword } = emailText.of(locale);
    if (expiryDays) return firstPassword.preheader(expiryDays);
    return workspace ? welcome.preheader(workspace.name) : welcome.unnamed.preheader;
  },
  view: Welcome,
  sample: {
    url: `${SAMPLE.workspace}/dashboard`,
    expiryDays: null,
    workspace: {
      name: SAMPLE.tenantName,
      ownerName: SAMPLE.person,
      projectsUrl: `${SAMPLE.workspace}/projects`,
      settingsUrl: `${SAMPLE.workspace}/settings`,
    },
  },
});

export const DELETION_SCHEDULED = email("deletion_scheduled", {
  to: OWNERS,
  request: z.object({ userId: idSchema<UserId>(), requestedBy: z.string() }),
  load: ({ services, tenant }, reader, { requestedBy }) => {
    const { appUrl } = services.config;
    const { name: tenantName, deletionDueAt: dueAt } = tenant;
    if (!dueAt) return Promise.resolve(null);
    return Promise.resolve(
      reader.emailVerifiedAt
        ? {
          names: { requestedBy, tenantName },
          dueAt,
          url: `${tenantUrl(appUrl, tenant)}/settings#danger-zone`,
        }
        : { names: null, dueAt, url: `${appUrl.origin}/workspaces` },
    );
  },
  subject: ({ names, dueAt }, _brand, locale) => {
    const text = emailText.of(locale).deletionScheduled;
    return text.subject(names?.tenantName ?? text.yourWorkspace, dueAt);
  },
  preheader: ({ names }, _brand, locale) => {
    const text = emailText.of(locale).deletionScheduled;
    return text.preheader(names?.requestedBy ?? text.someone);
  },
  view: DeletionScheduled,
  sample: {
    names: { requestedBy: "Grace Hopper", tenantName: SAMPLE.tenantName },
    dueAt: new Date("2026-12-24T10:00:00Z"),
    url: `${SAMPLE.workspace}/settings`,
  },
});
