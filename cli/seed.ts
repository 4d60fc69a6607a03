import { memberActor } from "../src/access/actor.ts";
import { addMember } from "../src/access/members.ts";
import { type SystemContext, tenantContext } from "../src/context.ts";
import { hashPassword } from "../src/identity/passwords.ts";
import { findOrCreateUser, type User } from "../src/identity/users.ts";
import { createProject } from "../src/projects/projects.ts";
import { subdomainUrl } from "../src/tenancy/tenant.ts";
import { createTenant, newTenant } from "../src/tenancy/tenants.ts";
import { isSubdomainTaken } from "../src/tenancy/workspace_addresses.ts";
import { type Company, HARBOR_AND_PINE, PASSWORD, refuseInProduction } from "./demo/companies.ts";
import { CommandFailure } from "./options.ts";

const COMPANIES: Company[] = [
  {
    name: "Northwind Robotics",
    subdomain: "northwind",
    people: [
      { name: "Ada Okafor", email: "ada@northwind.example", role: "owner" },
      { name: "Jonas Lindqvist", email: "jonas@northwind.example", role: "admin" },
      { name: "Mei Tanaka", email: "mei@northwind.example", role: "member" },
    ],
    projects: [
      ["Gripper calibration", "Cut calibration of a new gripper from a day to an hour."],
      ["Rotterdam warehouse pilot", "Twelve robots, two shifts, three months."],
      ["Spare parts portal", "Let customers order spare parts by photo."],
      ["Second battery supplier", "Qualify a second supplier before the contract ends in March."],
    ],
  },
  HARBOR_AND_PINE,
];

/** Adds the sample companies and returns their sign-in details. Throws `CommandFailure` if they already exist, and in production. */
export async function seed(
  ctx: SystemContext,
): Promise<{ company: string; url: string; email: string; password: string }[]> {
  refuseInProduction(ctx.services.config);
  for (const { subdomain } of COMPANIES) {
    if (await isSubdomainTaken(ctx, subdomain)) {
      throw new CommandFailure(`The sample company "${subdomain}" already exists.`);
    }
  }
  const passwordHash = await hashPassword(PASSWORD);
  const added = [];
  for (const company of COMPANIES) {
    await addCompany(ctx, company, passwordHash);
    const url = subdomainUrl(ctx.services.config.appUrl, company);
    added.push({ company: company.name, url, email: company.people[0].email, password: PASSWORD });
  }
  return added;
}

async function addCompany(ctx: SystemContext, company: Company, passwordHash: string): Promise<void> {
  const users: User[] = [];
  const emailVerifiedAt = ctx.services.clock.now();
  const tenant = await createTenant(ctx, newTenant.parse({ ...company, plan: "team" }), async (tx) => {
    users.length = 0;
    for (const { name, email } of company.people) {
      users.push((await findOrCreateUser(ctx, tx, { name, email, passwordHash, emailVerifiedAt })).user);
    }
    return users[0]!;
  });
  for (const [index, { id }] of users.entries()) {
    const { role } = company.people[index]!;
    await ctx.tx((tx) => addMember(ctx, tx, { tenantId: tenant.id, userId: id, role }));
  }
  const owner = users[0]!;
  const actor = memberActor(owner, tenant.id, "owner");
  const tenantCtx = tenantContext(ctx.services, tenant, actor, ctx.requestId);
  for (const [name, description] of company.projects) {
    await createProject(tenantCtx, { name, description, status: "active" });
  }
}
