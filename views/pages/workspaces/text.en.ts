export const en = {
  title: "Workspaces",
  heading: "Your workspaces",
  signedInAs: "Signed in as {address}",
  newWorkspace: "New workspace",
  newTitle: "New workspace",
  newLead: "You'll be its owner. Your other workspaces can't see it.",
  create: "Create workspace",
  cancel: "Cancel",
  backOffice: "Back office",
  signOut: "Sign out",
  emptyTitle: "No workspaces yet",
  emptyText: "Create one for your company, or ask a colleague to invite you.",
};
