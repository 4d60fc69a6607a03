import { plural } from "../../text.ts";

export const en = {
  title: "Pricing",
  description: "Plans from free to enterprise: what each costs and includes.",
  heading: "Pricing",
  plans: "Plans",
  lead: "Start free. Every workspace has its own schema, role and address.",
  audience: {
    starter: "For small teams getting started",
    team: "For teams that work together daily",
    premium: "For companies that build on the API",
    enterprise: "For organizations that need custom terms",
  },
  byAgreement: "Custom",
  perMonth: "a month",
  perYear: "a year",
  cycle: "Billing cycle",
  monthly: "Monthly",
  yearly: "Yearly",
  yearlySaving: "Two months free with yearly billing",
  trial: (days: number) => `Free for ${plural(days, "day")}, no card required`,
  openWorkspaces: "Open your workspaces",
  aMonth: (metric: string) => `${metric} a month`,
  forTheYear: (amount: string) => `${amount} for the year`,
  thenEach: (price: string) => `then ${price} each`,
  create: "Create workspace",
  contactSales: "Contact sales",
  apiCalls: "API calls a month",
  apiRequests: "API requests a minute",
  apiCallsUnit: "API calls a month",
  apiRequestsUnit: "API requests a minute",
  price: "Price a month",
  yearlyPrice: "Price a year",
  unlimited: "Unlimited",
  comparison: "What each plan includes",
  questions: {
    heading: "Questions about billing",
    items: [
      {
        question: "Do we need a card to start?",
        answer:
          "No. Starter is free, and you can try a paid plan for 14 days without a card. Each workspace and each person gets one trial.",
      },
      {
        question: "What happens when a trial ends?",
        answer:
          "Your workspace moves to Starter. Everything stays, but you can't add more than Starter includes.",
      },
      {
        question: "Can we change our plan at any time?",
        answer:
          "Yes. A larger plan starts right away, and you pay the difference. A smaller one starts with your next period.",
      },
      {
        question: "What if we cancel?",
        answer: "You keep your plan until the period you paid for ends. Until then, you can undo it.",
      },
      {
        question: "What if we go over a limit?",
        answer: "Nothing is deleted. You can't add more until you make room or choose a larger plan.",
      },
      {
        question: "What if a payment fails?",
        answer:
          "We try again and email the owners. After 14 days, your workspace is read-only until you pay.",
      },
    ],
  },
};
