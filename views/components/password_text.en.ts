export const en = {
  show: "Show",
  hide: "Hide",
  /** Read after `show` or `hide` by screen readers. */
  shown: " password",
  rule: "At least 12 characters. Try three or four random words.",
  common: "Easy to guess. Try three or four random words.",
  fair: "Fair. Another word makes it stronger.",
  good: "Good. Three or four random words are easy to remember.",
  strong: "Strong. Hard to guess and easy to remember.",
};
