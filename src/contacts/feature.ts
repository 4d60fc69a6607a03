import {
  consentRecords,
  contactImportRows,
  contactImports,
  contactLists,
  contacts,
  formerContacts,
  segments,
} from "../../db/tenant/schema/contacts.ts";
import { feature } from "../feature.ts";
import { CONTACT_SEARCH } from "./contacts.ts";
import { LIST_CONFIRMATION } from "./emails.ts";
import { EVENTS } from "./events.ts";
import { IMPORT_CONTACTS } from "./imports/apply.ts";
import { CONTACT_UPLOADS, DELETE_OLD_IMPORTS } from "./imports/staging.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE, CONTACT_LIMIT } from "./permissions.ts";
import { OWN_ADDRESSES } from "./self_service.ts";
import { LIST_SIGN_UPS, TENANT_SIGN_UPS } from "./sign_up_form.ts";

export default feature("contacts", {
  label: "Campaigns",
  tables: [
    contacts,
    contactLists,
    consentRecords,
    formerContacts,
    contactImports,
    contactImportRows,
    segments,
  ],
  permissions: [CAMPAIGNS_MANAGE],
  limits: [CONTACT_LIMIT],
  planFeatures: [CAMPAIGNS],
  events: EVENTS,
  emails: [LIST_CONFIRMATION],
  rateLimits: [LIST_SIGN_UPS, TENANT_SIGN_UPS, CONTACT_UPLOADS, OWN_ADDRESSES],
  jobs: [IMPORT_CONTACTS, DELETE_OLD_IMPORTS],
  searches: [CONTACT_SEARCH],
});
