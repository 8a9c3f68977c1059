import { isDs3Error } from '@nacre/model';
import { Command, CommanderError, Option } from 'commander';
import { addBucketCommands } from './commands/bucket.ts';
import { addCallCommand } from './commands/call.ts';
import { addConfigCommands } from './commands/config.ts';
import { addGetCommand } from './commands/get.ts';
import { addHeadCommand } from './commands/head.ts';
import { addJobCommands } from './commands/job.ts';
import { addLsCommand } from './commands/ls.ts';
import { addPutCommand } from './commands/put.ts';
import { addRmCommand } from './commands/rm.ts';
import { addSystemCommand } from './commands/system.ts';
import { type Context, createContext, type GlobalFlags, outputForms } from './context.ts';
import { exitCodes, exitFor, Interrupted } from './exit-codes.ts';
import type { Io } from './io.ts';
import { oneLine } from './output/text.ts';
import { hintFor } from './resume.ts';
import { readVersion } from './version.ts';

/** Puts a command into action. */
export type Action = (context: Context) => Promise<void>;

/** Adds commands to the program; `act` hands them what they work with. */
export type AddCommands = (program: Command, act: (work: Action) => Promise<void>) => void;

const commands: readonly AddCommands[] = [
  addLsCommand,
  addBucketCommands,
  addPutCommand,
  addGetCommand,
  addRmCommand,
  addHeadCommand,
  addJobCommands,
  addSystemCommand,
  addCallCommand,
  addConfigCommands,
];

/**
 * Runs one command line. Results go to stdout; a failure is one line on stderr.
 * Answers the exit code; never throws and never ends the process.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const printed: Promise<void>[] = [];
  const program = new Command('nacre')
    .description(
      'Work with Spectra S3 (DS3) systems: buckets, objects, bulk jobs, replication, and every operation of the API.',
    )
    .version(readVersion())
    .option('--endpoint <address>', 'host, host:port or URL of the system (DS3_ENDPOINT)')
    .option('--access-key <id>', 'access id of the user (DS3_ACCESS_KEY)')
    .option('--secret-key <key>', 'secret key of the user (DS3_SECRET_KEY)')
    .addOption(new Option('--signature <version>', 'how requests are signed').choices(['v2', 'v4']))
    .option('--profile <name>', 'the system and user that are kept under this name, see `nacre config`')
    .option('--ca-file <path>', 'accept certificates of the authorities in this PEM file, instead of the public ones')
    .option('--insecure', 'accept any certificate')
    .addOption(new Option('--output <form>', 'form of the result').choices(outputForms).default('table'))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => printed.push(io.stdout.write(text)),
      writeErr: (text) => printed.push(io.stderr.write(text)),
      // What is wrong is told once, below.
      outputError: () => {},
    })
    .showSuggestionAfterError(false)
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', helpText());
  let context: Context | undefined;
  const act = async (work: Action) => {
    context = createContext(program.opts<GlobalFlags>(), io);
    await work(context);
  };
  for (const add of commands) add(program, act);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCodes.ok.code;
  } catch (error) {
    if (error instanceof CommanderError) return await endOfParsing(error, io);
    return await failed(error, io);
  } finally {
    context?.close();
    await Promise.allSettled(printed);
  }
}

function helpText(): string {
  const codes = Object.values(exitCodes).map(({ code, meaning }) => `  ${String(code).padEnd(4)} ${meaning}`);
  return `
Where the system and the user come from, first found first:
  flags (--profile among them), DS3_ENDPOINT / DS3_ACCESS_KEY / DS3_SECRET_KEY, the profile in use.
  http_proxy and no_proxy are honoured for http endpoints.

Sizes may be written as 1048576, 10MiB or 10MB.

Exit codes:
${codes.join('\n')}

Examples:
  nacre config set endpoint blackpearl.example.test
  nacre put archive/2026 ./reels --max-upload-size 1GiB
  nacre get archive/2026 ./back
  nacre job replicate 0c2f6a1e-53a4-4a0e-9a55-3f1c0f6f9b10 --to vault
  nacre call getJobs --param full_details --output json`;
}

/** Help and version are no failures; everything else commander throws is a command line that cannot be meant. */
async function endOfParsing(error: CommanderError, io: Io): Promise<number> {
  if (error.exitCode === 0) return exitCodes.ok.code;
  if (error.code !== 'commander.help') {
    await io.stderr.write(`nacre: ${oneLine(error.message.replace(/^error: /, ''))}\n`);
  }
  return exitCodes.usage.code;
}

async function failed(thrown: unknown, io: Io): Promise<number> {
  const error = io.signal.aborted && !(thrown instanceof Interrupted) ? new Interrupted() : thrown;
  const { exit, retry } = exitFor(error);
  const advice = [retry, hintFor(error)].filter((each) => each !== undefined);
  const line = `nacre: ${oneLine(inWords(error))}${advice.length > 0 ? ` (${advice.join('; ')})` : ''}`;
  await io.stderr.write(`${line}\n`);
  return exitCodes[exit].code;
}

function inWords(error: unknown): string {
  if (!isDs3Error(error)) return error instanceof Error ? error.message : String(error);
  const { code, status, resource, requestId } = error;
  // Spectra's own systems begin the message with the code once more.
  const prefix = `${code}[${status}]: `;
  const message = error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message;
  const named = resource?.split('/').at(-1);
  const about = named && !message.includes(named) ? ` [${resource}]` : '';
  const request = status === 500 && requestId ? ` [request ${requestId}]` : '';
  return `${code} (${status}): ${message}${about}${request}`;
}
