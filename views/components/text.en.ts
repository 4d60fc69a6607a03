export const en = {
  undo: "Undo",
  dismiss: "Dismiss",
};
