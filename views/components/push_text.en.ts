export const en = {
  title: "This device",
  off: "Get notifications on this device, even when the workspace is closed.",
  on: "This device gets your notifications.",
  turnOn: "Turn on notifications",
  turnOff: "Turn off notifications",
  blocked:
    "Your browser blocks notifications from this workspace. Allow them in your browser's settings first.",
  failed: "That didn't work. Try again in a minute.",
};
