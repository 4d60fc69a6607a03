import type { Context } from "hono";
import { memberActor } from "../../../src/access/actor.ts";
import { findNewestKey } from "../../../src/api_access/api_keys.ts";
import { tenantContext } from "../../../src/context.ts";
import { DomainError } from "../../../src/errors.ts";
import { signTokenOfBrowser } from "../../../src/identity/api_sign_in.ts";
import type { Session } from "../../../src/identity/credentials.ts";
import { requireFactorIn } from "../../../src/identity/factor_policy.ts";
import { admit } from "../../../src/tenancy/admission.ts";
import { subdomainUrl } from "../../../src/tenancy/tenant.ts";
import {
  findWorkspaceBySubdomain,
  pageWorkspaces,
  type Workspace,
  WORKSPACE_LIST,
} from "../../../src/tenancy/workspaces.ts";
import { LANGUAGES, type Reader } from "../../../views/pages/docs/reference.ts";
import { type HttpEnv, systemContextOf } from "../../http.ts";

const EXAMPLE_WORKSPACE = "acme";

/** The samples call the workspace of the person who is signed in, or an example: its subdomain, which takes passwords, too. */
export async function readerOf(c: Context<HttpEnv>): Promise<Reader> {
  const session = c.get("session");
  const workspace = session && await firstWorkspaceOf(c, session);
  const { appUrl } = c.get("services").config;
  return {
    origin: subdomainUrl(appUrl, workspace?.tenant ?? { subdomain: EXAMPLE_WORKSPACE }),
    language: LANGUAGES.find((each) => each === c.req.query("lang")) ?? LANGUAGES[0],
    workspace: workspace?.tenant.subdomain,
    keyPrefix: workspace ? await keyPrefixOf(c, session!, workspace) : undefined,
  };
}

/**
 * A token with which the API answers the person who is signed in, in the workspace with this subdomain, or in the one of the samples.
 * Undefined for a visitor and for a person without a workspace.
 */
export async function tokenOfReader(c: Context<HttpEnv>, subdomain: string): Promise<string | undefined> {
  const session = c.get("session");
  if (!session) return undefined;
  const named = subdomain
    ? await findWorkspaceBySubdomain(systemContextOf(c), { id: session.actor.id }, subdomain)
    : null;
  const workspace = named ?? await firstWorkspaceOf(c, session);
  return workspace ? await signTokenOfBrowser(systemContextOf(c), session, workspace.tenant.id) : undefined;
}

async function firstWorkspaceOf(c: Context<HttpEnv>, { actor }: Session): Promise<Workspace | undefined> {
  const query = WORKSPACE_LIST.query.parse({ limit: 1 });
  return (await pageWorkspaces(systemContextOf(c), { id: actor.id }, query)).items[0];
}

/** The start of the newest key, if the person may see keys where the workspace admits them. */
async function keyPrefixOf(
  c: Context<HttpEnv>,
  session: Session,
  { tenant, role }: Workspace,
): Promise<string | undefined> {
  const services = c.get("services");
  const member = memberActor(session.actor, tenant.id, role);
  try {
    admit(services, tenant);
    requireFactorIn(services, tenant, session);
    return (await findNewestKey(tenantContext(services, tenant, member, c.get("requestId"))))?.prefix;
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}
