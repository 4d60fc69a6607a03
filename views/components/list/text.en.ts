export const en = {
  apply: "Apply",
  previous: "Previous",
  next: "Next",
  pages: "Pages",
  place: ({ first, last, total }: Record<"first" | "last" | "total", string>) =>
    first === last ? `${last} of ${total}` : `${first}–${last} of ${total}`,
};
