import { plural } from "../../text.ts";

export const en = {
  title: "Roles",
  lead: "A role decides what members can see and do.",
  builtIn: "Built-in roles",
  own: "Your roles",
  columns: { name: "Role", allows: "Can do", members: "Members" },
  hints: {
    owner: "Everything, including deleting the workspace.",
    admin: "Members, roles, settings and all content.",
    member: "Create and change content.",
    viewer: "See content, change nothing.",
  } as Record<string, string>,
  members: (count: number) => plural(count, "member"),

  none: "Roles that fit your team",
  noneHint: "Give people exactly what they need, such as an auditor who sees projects and members.",
  notIncluded: (plan: string) => `Custom roles are part of the ${plan} plan and above.`,
  keptOnly: (plan: string) => `These roles still work. To add or change one, you need the ${plan} plan.`,

  matrix: "What each role can do",
  permission: "Permission",

  new: "New role",
  copy: "Copy to new role",
  edit: "Edit role",
  remove: "Delete role",
  canDo: "What this role can do",

  name: "Name",
  nameHint: "Members see it next to their name.",
  copyOf: (name: string) => `${name} (copy)`,
  permissions: "What can members with this role do?",
  create: "Create role",
  save: "Save role",
  cancel: "Cancel",

  deleteWarning: "The role {name} will be permanently deleted. Nobody has it.",
  deleteFirst: (count: number) =>
    `${plural(count, "member")} still ${count === 1 ? "has" : "have"} this role.`,
  deleteFirstHint: "Give them another role first.",
  seeMembers: "See members",

  created: (name: string) => `Role ${name} created.`,
  saved: (name: string) => `Role ${name} saved.`,
  deleted: (name: string) => `Role ${name} deleted.`,
};
