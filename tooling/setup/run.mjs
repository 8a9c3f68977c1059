import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** @type {readonly NodeJS.Signals[]} */
const handedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Who started this process, as long as it is there. */
const startedBy = process.ppid;

/**
 * Runs a program to its end. SIGTERM and SIGHUP are handed on to it, and SIGINT too unless a terminal has
 * already sent it to the whole process group; meanwhile this process stays and waits. When npm started this process
 * and was ended, the program is ended too.
 *
 * Answers the exit code, 128 + the signal's number when a signal ended the program, as shells do; and the signal that
 * asked for an end, if one did, also when the program then ended with 0. Throws when it cannot be started.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean, onOutput?: (text: Buffer) => void }} [options]
 *   `onOutput` receives standard output and standard error instead of the terminal; standard input is then empty.
 * @returns {Promise<{ code: number, asked: NodeJS.Signals | undefined }>}
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

    /** @type {NodeJS.Signals | undefined} */
    let asked;
    /** @param {NodeJS.Signals} signal */
    const handOn = (signal) => {
      asked ??= signal;
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    for (const signal of handedOn) process.on(signal, handOn);
    const watch = setInterval(() => {
      if (asked === undefined && isNpmGone()) handOn('SIGTERM');
    }, 200);
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
      resolve({ code: signal === null ? (code ?? 1) : signalCode(signal), asked });
    });
  });
}

/**
 * The exit code that stands for a signal.
 * @param {NodeJS.Signals} signal
 */
export function signalCode(signal) {
  return 128 + constants.signals[signal];
}

/** npm hands a signal on to the shell that stands between us, and the shell dies of it without a word. */
function isNpmGone() {
  return process.env.npm_lifecycle_event !== undefined && process.ppid !== startedBy;
}
