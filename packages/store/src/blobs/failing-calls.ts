import { areFailpointsArmed, failpoint } from '../failpoints.ts';
import type { FileSystemCalls } from './file-system-calls.ts';

/** The calls as they are; where failpoints are armed, each is one before it is made: `disk.create`, `disk.rename` … */
export function withFailpoints(calls: FileSystemCalls): FileSystemCalls {
  if (!areFailpointsArmed()) return calls;
  const failing = Object.entries(calls).map(([name, call]: [string, (...args: never[]) => Promise<unknown>]) => {
    const failingCall = async (...args: never[]) => {
      await failpoint(`disk.${name}`);
      return call(...args);
    };
    return [name, failingCall] as const;
  });
  return Object.fromEntries(failing) as unknown as FileSystemCalls;
}
