/** Goal: a new probe kind touches its own file, one line of the list and the docs. Method: an example, and a count. */
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { attempt } from '../../lib/probe/attempt.ts';
import { parseProbes } from '../../lib/probe/clauses.ts';
import type { KindDefinition } from '../../lib/probe/kind.ts';
import { isProbeKind, kindsTable, PROBE_KINDS } from '../../lib/probe/kinds.ts';
import { openStream } from '../../lib/probe/stream.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A whole kind: an SSH server sends its version first. */
const ssh: KindDefinition = {
  protocol: 'tcp',
  open: (target) => (one) =>
    openStream(
      target,
      {
        hello: Buffer.from('SSH-2.0-probe\r\n'),
        evaluate: (received) => (received.includes('SSH-') ? 'alive' : 'more'),
      },
      one,
    ),
  sends: 'a version line',
  alive: "the server's version line",
  caution: '',
};

test('a definition is all that a probe needs', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end('SSH-2.0-example\r\n');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  const target = { address: '127.0.0.1', port };
  const result = await attempt(2_000, new AbortController().signal, ssh.open(target, 2_000));
  server.close();
  expect(result.kind).toBe('up');
});

test('no source file but kinds.ts lists the kinds', async () => {
  const names = Object.keys(PROBE_KINDS);
  const listing: string[] = [];
  for (const folder of ['lib', 'functions', 'deploy']) {
    for (const file of await readdir(join(ROOT, folder), { recursive: true })) {
      if (!/\.(ts|cjs|yml)$/.test(file)) continue;
      const text = await readFile(join(ROOT, folder, file), 'utf8');
      const holdsAll = names.every((name) => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text));
      if (holdsAll) listing.push(`${folder}/${file}`);
    }
  }
  expect(listing).toEqual(['lib/probe/kinds.ts']);
});

test('the tag takes every kind of the list, and no other', () => {
  for (const name of Object.keys(PROBE_KINDS)) {
    expect(parseProbes(`${name}:500`)).toMatchObject({ ok: true });
  }
  expect(isProbeKind('toString')).toBe(false);
  expect(parseProbes('toString:500')).toMatchObject({ ok: false });
});

test('the table of docs/probes.md has a row for every kind', () => {
  const rows = kindsTable().split('\n').slice(2);
  expect(rows.map((row) => /^\| `([\w-]+):PORT`/.exec(row)?.[1])).toEqual(Object.keys(PROBE_KINDS));
});
