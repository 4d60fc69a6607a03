const NAME = /^denizen-(\d{4}-\d\d-\d\d)T\d{6}Z\.backup\.age$/;

/** The name of a stored backup, in the order of time. */
export function backupName(now: Date): string {
  return `denizen-${now.toISOString().replace(/\.\d+Z$/, "Z").replaceAll(":", "")}.backup.age`;
}

/** When the backup with this name was made. */
export function timeOfBackup(name: string): Date {
  return new Date(name.slice("denizen-".length).replace(/T(\d\d)(\d\d)(\d\d)Z.*$/, "T$1:$2:$3Z"));
}

/** The names of backups, oldest first. Other objects are left out. */
export function backupsAmong(names: string[]): string[] {
  return names.filter((name) => NAME.test(name)).sort();
}

/** All backups except the last one of each of the `days` newest days that have one. */
export function expired(names: string[], days: number): string[] {
  const backups = backupsAmong(names);
  const lastOfDay = new Map(backups.map((name) => [NAME.exec(name)![1]!, name]));
  const kept = [...lastOfDay.values()].slice(-days);
  return backups.filter((name) => !kept.includes(name));
}
