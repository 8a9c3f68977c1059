import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { cpus, platform, release, totalmem } from 'node:os';

const gibibyte = 1024 ** 3;

/** The machine in a line: processors, memory, system, file system below `folder`, and Node. */
export function machineText(folder: string): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / gibibyte);
  return [
    `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}`,
    `${memory} GiB`,
    `${systemName()}, ${platform()} ${release()}`,
    fileSystem(folder),
    `Node ${process.versions.node}`,
  ].join('; ');
}

function systemName(): string {
  const file = '/etc/os-release';
  const name = existsSync(file) && /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync(file, 'utf8'))?.[1];
  return name || 'unnamed system';
}

/** By the numbers of Linux's `statfs`. */
const fileSystems: Readonly<Record<number, string>> = {
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  16914836: 'tmpfs',
  2035054128: 'overlayfs',
};

function fileSystem(folder: string): string {
  return fileSystems[statfsSync(folder).type] ?? 'another file system';
}
