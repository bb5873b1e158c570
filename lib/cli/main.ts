#!/usr/bin/env node
/** The entry point: the only file of the CLI that names the process. */
import * as nodeModule from 'node:module';
import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import { systemClock } from '../core/time.ts';
import type { Terminal } from './terminal.ts';

/** Longer lines are hard to read, however wide the window. */
const COLUMNS_MAX = 120;
const COLUMNS_MIN = 40;

/** Where output goes to a file or a pipe nothing is wrapped or cut: one row, one line. */
const columnsOf = (columns: number | undefined): number =>
  columns === undefined
    ? Number.POSITIVE_INFINITY
    : Math.max(COLUMNS_MIN, Math.min(COLUMNS_MAX, columns));

const terminal: Terminal = {
  env: process.env,
  columns: columnsOf(process.stdout.columns),
  // Its own check of the stream is the one that knows NO_COLOR, FORCE_COLOR and pipes.
  hasColour: styleText('bold', '!', { stream: process.stdout }) !== '!',
  clock: systemClock,
  out: (text) => {
    process.stdout.write(text);
  },
  err: (text) => {
    process.stderr.write(text);
  },
  progress: (text) => {
    process.stderr.write(`${text}\n`);
  },
  onInterrupt: (stop) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
  },
  ...(process.stdout.isTTY && {
    redraw: (text: string) => {
      process.stdout.write(`\u001b[2J\u001b[H${text}`);
    },
  }),
  ...(process.stderr.isTTY && {
    status: (text: string) => {
      process.stderr.write(`\r\u001b[K${text}`);
    },
  }),
  async ask(question) {
    if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return /^y(es)?$/i.test((await lines.question(question)).trim());
    } finally {
      lines.close();
    }
  },
};

// A closed pipe (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// Halves the start on every run but the first: what is imported after this line is kept compiled. Node 20 has none.
if ('enableCompileCache' in nodeModule) nodeModule.enableCompileCache();
const [{ run }, { awsClients }] = await Promise.all([
  import('./program.ts'),
  import('./awsClients.ts'),
]);
process.exitCode = await run(process.argv.slice(2), terminal, awsClients(systemClock));
