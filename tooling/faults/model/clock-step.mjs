// Loaded into a server before its own modules (`node --import`): its clock is then ahead of the machine's by as many
// milliseconds as the file NACRE_FAULTS_CLOCK says, and is stepped by putting another file in its place. What waits for
// timers is not concerned, as when the clock of a machine is set.
import { readFileSync, statSync } from 'node:fs';

const file = process.env.NACRE_FAULTS_CLOCK ?? '';
const RealDate = Date;
let known = { inode: 0, ahead: 0 };

function now() {
  const { ino: inode } = statSync(file);
  if (inode !== known.inode) known = { inode, ahead: Number(readFileSync(file, 'utf8')) };
  return RealDate.now() + known.ahead;
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
