import { userInfo } from 'node:os';

/** Who gives a command: as named, else the account on this machine. */
export function actorOf(named: string | undefined): string {
  if (named !== undefined && named.trim() !== '') return named.trim();
  try {
    return userInfo().username;
  } catch {
    // An account without an entry in the system's list (a container with a bare number).
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
