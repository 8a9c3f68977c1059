import { type ReplicationSummary, replicateJob } from '@nacre/client';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { parseConcurrency, priorities, wordOption } from '../options.ts';
import { progressLine } from '../output/progress.ts';
import { counted, seconds } from '../output/text.ts';
import { withHint } from '../resume.ts';
import type { Action } from '../run.ts';
import { formatSize } from '../sizes.ts';

interface Flags {
  readonly to: string;
  readonly bucket?: string;
  readonly payload: 'json' | 'xml';
  readonly priority?: (typeof priorities)[number];
  readonly concurrency?: number;
  readonly readBack?: boolean;
  readonly wait?: boolean;
}

export function addReplicateCommand(job: Command, act: (work: Action) => Promise<void>): void {
  job
    .command('replicate')
    .description('recreate a PUT job on another system with the same ids, move its data, and compare both sides')
    .argument('<job>', 'its id')
    .requiredOption('--to <profile>', 'the other system, see `nacre config`')
    .option('--bucket <bucket>', 'the bucket there; it has to exist (default: the one of the same name)')
    .addOption(
      wordOption('--payload <form>', 'how the job is described to the other system', ['json', 'xml']).default('json'),
    )
    .addOption(wordOption('--priority <priority>', 'of the job there', priorities))
    .option('--concurrency <n>', 'pieces under way at a time (8, or 32 when they are small)', parseConcurrency)
    .option('--read-back', 'read objects from the other system where the two keep different types of checksum')
    .option('--wait', 'until the job is COMPLETED on both systems')
    .addHelpText('after', '\nInterrupted, give the same command again: what has arrived is not moved twice.')
    .action((id: string, flags: Flags) => act((context) => replicate(context, id, flags)));
}

async function replicate(context: Context, jobId: string, flags: Flags): Promise<void> {
  context.refuseXml();
  const { io, output } = context;
  const source = await context.client();
  const target = await context.clientOf(flags.to);
  const progress = progressLine(io, 'moved', output === 'json');
  try {
    const summary = await replicateJob({
      source,
      target,
      jobId,
      targetBucket: flags.bucket,
      payload: flags.payload,
      priority: flags.priority,
      concurrency: flags.concurrency,
      readBack: flags.readBack,
      waitForCompletion: flags.wait,
      onProgress: progress.update,
      signal: io.signal,
    });
    await progress.end();
    await context.show({ value: summary, table: () => `${inWords(summary, flags.to)}\n` });
  } catch (error) {
    await progress.end();
    throw withHint(error, 'give the same command again to go on', io.signal);
  }
}

function inWords(summary: ReplicationSummary, to: string): string {
  const { jobId, objects, blobs, moved, movedBytes, skipped, verified, unverified, targetStatus } = summary;
  const unsure = unverified > 0 ? `, ${unverified} by size alone` : '';
  return (
    `replicated job ${jobId} to ${to}: ${counted(objects, 'object')} in ${counted(blobs, 'blob')}; ` +
    `${moved} moved (${formatSize(movedBytes)}), ${skipped} there before; ${verified} verified${unsure}; ` +
    `${targetStatus} there; ${seconds(summary.seconds)}`
  );
}
