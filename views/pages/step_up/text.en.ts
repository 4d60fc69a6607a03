export const en = {
  title: "Confirm it's you",
  lead: {
    passkey: "Use your passkey to continue.",
    password: "Enter your password to continue.",
    totp: "Enter the 6-digit code from your authenticator app to continue.",
    sms: "Enter the 6-digit code that we text you to continue.",
    email: "Enter the 6-digit code that we email you to continue.",
    recovery: "Enter one of your recovery codes to continue.",
  },
  keptButPassword:
    "You'll need to enter the form's password again. Nothing else is lost, and we won't ask again for 10 minutes.",
  kept: "Nothing you entered is lost. We won't ask again for 10 minutes.",
  back: "You'll return to the page you were on. We won't ask again for 10 minutes.",
  password: "Password",
  code: "Code",
  recoveryHint: "Don't have a code? Use a recovery code instead.",
  confirm: "Confirm",
  usePasskey: "Use your passkey",
  or: "or",
  emailCode: "Email me a code",
  resendCode: "Send another code",
};
