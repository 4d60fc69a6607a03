export const en = {
  title: "Members",
  search: "Filter members",
  filterByRole: "Filter by role",
  tabs: { all: "All", owner: "Owners", admin: "Admins", member: "Members", viewer: "Viewers" },
  roles: { owner: "Owner", admin: "Admin", member: "Member", viewer: "Viewer" },
  columns: { name: "Name", email: "Email", role: "Role", seen: "Last seen", joined: "Joined" },
  seen: "Seen {time}",
  never: "Never",
  noMatch: "No matching members",
  noMatchHint: "Try another word, or show all members.",
  showAll: "Show all members",
};
