/** The variables that production requires. Nothing connects to the mail server until an email is sent. */
export const PRODUCTION = {
  DENO_ENV: "production",
  APP_SECRET: "s".repeat(40),
  APP_URL: "https://app.example",
  SMTP_URL: "smtps://denizen:password@mail.app.example",
  EMAIL_FROM: "Denizen <no-reply@app.example>",
};
