import { dirname, normalize } from 'node:path/posix';
import type { FileSystemCalls } from '@nacre/store/blobs';
import type { Random } from '../random.ts';

/**
 * A disk in memory that knows what a power cut would leave of it, by what POSIX promises and no more:
 *
 * - the bytes of a file outlast a cut once the file was synced after they were written; of those written since, any
 *   sectors may be there and any may not, and the file may have any length between;
 * - a name outlasts a cut once its folder was synced after it was given; of what happened to a name since, the disk may
 *   have any step: two names of one folder do not wait for each other, and a rename is a new name and a lost one.
 *
 * Real file systems promise more (journals keep an order). What is right here is right on all of them.
 */
export interface SimulatedDisk {
  readonly calls: FileSystemCalls;
  /** A disk as this one may be found after a power cut now; what is on it will stay. */
  cut(random: Random): SimulatedDisk;
  /** Has the next call for which `when` says so fail, and what it was to do not done. */
  failWhen(when: (name: keyof FileSystemCalls, path: string) => boolean, code: string): void;
  /** Called after each call that changed something. */
  onChange(listener: () => void): void;
}

const sector = 512;

interface FileNode {
  readonly kind: 'file';
  /** As readers see it. */
  bytes: Buffer;
  /** As it is on the disk for certain. */
  synced: Buffer;
  /** Numbers of the sectors written since they were last synced. */
  readonly dirty: Set<number>;
  /** Those of them that a sync failed to write: it is not tried again, and later syncs know nothing of them. */
  readonly lost: Set<number>;
  readonly writtenAt: Date;
}

interface FolderNode {
  readonly kind: 'folder';
  readonly entries: Map<string, Node>;
  /** What each changed name has been since the folder was last synced, oldest first; the first is what it was then. */
  readonly steps: Map<string, (Node | undefined)[]>;
  /** Names whose steps a sync failed to write. */
  readonly lost: Set<string>;
  readonly writtenAt: Date;
}

type Node = FileNode | FolderNode;

export function createSimulatedDisk(root: FolderNode = newFolder()): SimulatedDisk {
  const files = new Map<number, { readonly node: FileNode; readonly path: string }>();
  let nextDescriptor = 3;
  let fails: (name: keyof FileSystemCalls, path: string) => boolean = () => false;
  let failure = 'EIO';
  let changed: () => void = () => {};

  function lookUp(path: string): Node | undefined {
    let node: Node | undefined = root;
    for (const name of namesOf(path)) node = node?.kind === 'folder' ? node.entries.get(name) : undefined;
    return node;
  }

  function folderAt(path: string): FolderNode {
    const node = lookUp(path);
    if (node?.kind !== 'folder') throw failed('ENOENT', path);
    return node;
  }

  function fileAt(path: string): FileNode {
    const node = lookUp(path);
    if (node?.kind !== 'file') throw failed('ENOENT', path);
    return node;
  }

  function opened(file: number): { readonly node: FileNode; readonly path: string } {
    const found = files.get(file);
    if (!found) throw failed('EBADF', String(file));
    return found;
  }

  function setName(path: string, node: Node | undefined): void {
    const folder = folderAt(dirname(path));
    const name = namesOf(path).at(-1) ?? '';
    const steps = folder.steps.get(name) ?? [folder.entries.get(name)];
    folder.steps.set(name, [...steps, node]);
    if (node) folder.entries.set(name, node);
    else folder.entries.delete(name);
  }

  function openFile(node: FileNode, path: string): number {
    const file = nextDescriptor++;
    files.set(file, { node, path });
    return file;
  }

  /** One call: it may be made to fail, and others get their turn before and after it. */
  async function call<T>(name: keyof FileSystemCalls, path: string, work: () => T, isChange = false): Promise<T> {
    await aTurn();
    if (fails(name, path)) {
      if (name === 'close') work();
      throw failed(failure, `${name} ${path}`);
    }
    const answer = work();
    if (isChange) changed();
    return answer;
  }

  const calls: FileSystemCalls = {
    makeFolder: (path) =>
      call(
        'makeFolder',
        path,
        () => {
          let at = '/';
          for (const name of namesOf(path)) {
            at = normalize(`${at}/${name}`);
            if (!lookUp(at)) setName(at, newFolder());
          }
        },
        true,
      ),
    create: (path) =>
      call(
        'create',
        path,
        () => {
          if (lookUp(path)) throw failed('EEXIST', path);
          const node = newFile();
          setName(path, node);
          return openFile(node, path);
        },
        true,
      ),
    open: (path) => call('open', path, () => openFile(fileAt(path), path)),
    write: (file, pieces) => {
      const { node, path } = opened(file);
      return call(
        'write',
        path,
        () => {
          const bytes = Buffer.concat(pieces);
          for (let at = node.bytes.length; at < node.bytes.length + bytes.length; at += sector - (at % sector)) {
            node.dirty.add(Math.floor(at / sector));
          }
          node.bytes = Buffer.concat([node.bytes, bytes]);
          return bytes.length;
        },
        true,
      );
    },
    read: (file, buffer, position) => {
      const { node, path } = opened(file);
      return call('read', path, () => node.bytes.copy(buffer, 0, position));
    },
    async syncData(file) {
      const { node, path } = opened(file);
      // A sync is for what was written before it began.
      const { bytes } = node;
      const sectors = [...node.dirty];
      try {
        await call(
          'syncData',
          path,
          () => {
            if (node.lost.size > 0) return;
            node.synced = bytes;
            for (const number of sectors) if ((number + 1) * sector <= bytes.length) node.dirty.delete(number);
            if (node.bytes === bytes) node.dirty.clear();
          },
          true,
        );
      } catch (error) {
        for (const number of sectors) node.lost.add(number);
        throw error;
      }
    },
    close: (file) => call('close', opened(file).path, () => void files.delete(file)),
    rename: (from, to) =>
      call(
        'rename',
        from,
        () => {
          const node = fileAt(from);
          // Two names of one file: nothing is done.
          if (lookUp(to) === node) return;
          setName(to, node);
          setName(from, undefined);
        },
        true,
      ),
    link: (from, to) =>
      call(
        'link',
        from,
        () => {
          if (lookUp(to)) throw failed('EEXIST', to);
          setName(to, fileAt(from));
        },
        true,
      ),
    clone: (from) =>
      call('clone', from, () => {
        throw failed('ENOTSUP', from);
      }),
    remove: (path) =>
      call(
        'remove',
        path,
        () => {
          fileAt(path);
          setName(path, undefined);
        },
        true,
      ),
    async syncFolder(path) {
      const folder = folderAt(path);
      const taken = [...folder.steps].map(([name, steps]) => ({ name, until: steps.length - 1 }));
      try {
        await call(
          'syncFolder',
          path,
          () => {
            for (const { name, until } of taken) {
              const later = folder.steps.get(name)?.slice(until) ?? [];
              if (folder.lost.has(name)) continue;
              if (later.length > 1) folder.steps.set(name, later);
              else folder.steps.delete(name);
            }
          },
          true,
        );
      } catch (error) {
        for (const { name } of taken) folder.lost.add(name);
        throw error;
      }
    },
    inspect: (file) => {
      const path = typeof file === 'string' ? file : opened(file).path;
      return call('inspect', path, () => {
        const node = typeof file === 'string' ? lookUp(file) : opened(file).node;
        if (!node) throw failed('ENOENT', path);
        return { length: node.kind === 'file' ? node.bytes.length : 0, writtenAt: node.writtenAt };
      });
    },
    lengthIn: (folder, name) => {
      const path = `${folder}/${name}`;
      return call('lengthIn', path, () => {
        const node = lookUp(path);
        return node?.kind === 'file' ? node.bytes.length : undefined;
      });
    },
    list: (path) => call('list', path, () => [...folderAt(path).entries.keys()]),
    space: (path) => call('space', path, () => ({ size: 2 ** 40, free: 2 ** 39 })),
  };

  return {
    calls,
    cut: (random) => createSimulatedDisk(foundFolder(root, random, new Map())),
    failWhen(when, code) {
      fails = when;
      failure = code;
    },
    onChange(listener) {
      changed = listener;
    },
  };
}

/** What is found of a folder after the cut: of each name any of its steps. One file under two names stays one file. */
function foundFolder(folder: FolderNode, random: Random, found: Map<Node, Node>): FolderNode {
  const copy = newFolder();
  found.set(folder, copy);
  const names = new Set([...folder.entries.keys(), ...folder.steps.keys()]);
  for (const name of names) {
    const steps = folder.steps.get(name) ?? [folder.entries.get(name)];
    const node = steps[random.below(steps.length)];
    if (node) copy.entries.set(name, found.get(node) ?? foundNode(node, random, found));
  }
  return copy;
}

function foundNode(node: Node, random: Random, found: Map<Node, Node>): Node {
  if (node.kind === 'folder') return foundFolder(node, random, found);
  const bytes = foundBytes(node, random);
  const copy = newFile(bytes);
  found.set(node, copy);
  return copy;
}

function foundBytes({ bytes, synced, dirty }: FileNode, random: Random): Buffer {
  if (dirty.size === 0) return synced;
  const length = synced.length + random.below(bytes.length - synced.length + 1);
  const kept = Buffer.alloc(length);
  synced.copy(kept);
  for (const number of dirty) {
    if (random.below(2) === 0 && number * sector < length)
      bytes.copy(kept, number * sector, number * sector, (number + 1) * sector);
  }
  return kept;
}

function newFile(bytes: Buffer = Buffer.alloc(0)): FileNode {
  return { kind: 'file', bytes, synced: bytes, dirty: new Set(), lost: new Set(), writtenAt: new Date(0) };
}

function newFolder(): FolderNode {
  return { kind: 'folder', entries: new Map(), steps: new Map(), lost: new Set(), writtenAt: new Date(0) };
}

function namesOf(path: string): string[] {
  return normalize(path)
    .split('/')
    .filter((name) => name !== '');
}

function failed(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: ${what}`), { code });
}

function aTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
