import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Why there is no figure where `mostMemory` answers nothing. */
export const noMemoryTold = 'this system does not tell the most that a process had';

/** The most memory that a process has held (`VmHWM`), in MB; `undefined` where the system does not tell. */
export function mostMemory(pid: number): number | undefined {
  if (!existsSync(statusFile(pid))) return undefined;
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(statusFile(pid), 'utf8'))?.[1];
  return kibibytes === undefined ? undefined : (Number(kibibytes) * 1024) / 1e6;
}

/** Forgets the peak so far: from now on it is counted from what the process holds now. */
export function resetMostMemory(pid: number): void {
  if (existsSync(statusFile(pid))) writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function statusFile(pid: number): string {
  return `/proc/${pid}/status`;
}
