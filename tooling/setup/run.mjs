import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs a program to its end. SIGTERM and SIGHUP are handed on to it, and SIGINT too unless a terminal has
 * already sent it to the whole process group; meanwhile this process stays and waits. When npm started this process
 * and was ended, the program is ended too.
 *
 * Answers the exit code, 128 + the signal's number when a signal ended the program, as shells do. Throws when the
 * program cannot be started.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean, onOutput?: (text: Buffer) => void }} [options]
 *   `onOutput` receives standard output and standard error instead of the terminal; standard input is then empty.
 * @returns {Promise<number>}
 */
export function run(program, args, { cwd, env, shell, onOutput } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: onOutput ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
      ...(shell === undefined ? {} : { shell }),
    });
    child.stdout?.on('data', (text) => onOutput?.(text));
    child.stderr?.on('data', (text) => onOutput?.(text));

    /** @param {NodeJS.Signals} signal */
    const handOn = (signal) => {
      clearInterval(watch);
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    const watch = watchNpm(() => child.kill('SIGTERM'));
    for (const signal of handedOn) process.on(signal, handOn);
    const stopListening = () => {
      clearInterval(watch);
      for (const signal of handedOn) process.off(signal, handOn);
    };

    child.on('error', (error) => {
      stopListening();
      reject(error);
    });
    child.on('close', (code, signal) => {
      stopListening();
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
}

/**
 * npm hands a signal on to the shell that stands between us, and the shell dies of it without a word.
 * @param {() => void} gone called once, when the process that started this one is there no longer
 */
function watchNpm(gone) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const startedBy = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === startedBy) return;
    clearInterval(watch);
    gone();
  }, 200);
  return watch;
}

/** @type {readonly NodeJS.Signals[]} */
const handedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'];
