/**
 * Goal: what one answer alone says of CRLs, and what others put into the inbox, gets nothing from the built publisher; each
 * such attack succeeds on the publisher built without the defence that test/attacks cuts out for it. Method: the function
 * over HTTP, with a gateway that answers one call of a look wrongly, each call in turn and in each way.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { fieldsOf } from '../../../lib/core/json.ts';
import { type Builder, openBuilder } from '../../attacks/cut.ts';
import { LISTS } from '../../attacks/defences/lists.ts';
import { PLAYED } from '../../attacks/defences/play.ts';
import { anAuthority, rsa } from '../../crl/builders/authority.ts';
import { aList, DAY_MS } from '../../crl/builders/list.ts';
import { makeTempFolder } from '../../tempFolder.ts';
import type { Way } from '../emulator/brownout.ts';
import { type Gateway, startGateway } from '../emulator/gateway.ts';
import { until } from '../pause.ts';
import { openPublisher, PUBLIC, type Publisher, type Publishing } from './publisher.ts';

jest.setTimeout(300_000);

/** What says no more than that something could not be read. */
const GAPS =
  /CrlSightLost|CrlCandidateUnreadable|CrlCopyUnreadable|Crl(Replica|Served|Endpoint)Unknown|CrlIssuerUnreadable/;
const WAYS: readonly Way[] = ['html', 'nothing', 'half'];

let lab: Publisher;
let gateway: Gateway;
let builder: Builder;
const folder = makeTempFolder();

beforeAll(async () => {
  [lab, builder] = await Promise.all([
    openPublisher(async (url) => {
      gateway = await startGateway(url, () => null);
      return gateway.url;
    }),
    openBuilder('functions/publishCrl.ts', folder),
  ]);
  await lab.createEndpoint({ 'vpn-medic:crl': 'ca.crl' });
  await lab.upload('ca.crl', lab.list());
});

afterAll(async () => {
  await lab?.close();
  await gateway?.shut();
  await builder?.close();
  await rm(folder, { recursive: true });
});

const since = (at: number) => gateway.calls.slice(at).map(({ action }) => action);
const isWrite = (action: string) => /^PUT |^Import/.test(action);

/** What a look asks for, without what it writes. */
async function readsOfLook(): Promise<readonly string[]> {
  const before = gateway.calls.length;
  await lab.look();
  return [...new Set(since(before))].filter((one) =>
    /^GET |^HEAD |^Describe|^Export|^Batch/.test(one),
  );
}

test('whatever one answer of a look says wrongly: nothing is published, imported, found lost or changed, or over', async () => {
  const reads = await readsOfLook();
  expect(reads.length).toBeGreaterThan(8);
  const receivedBefore = lab.listener.received.length;
  const before = gateway.calls.length;
  // test/aws/wholeAnswers.test.ts has each operation in each of the ways; emptied it still reads as an answer.
  for (const [index, read] of reads.entries()) {
    for (const way of ['empty', WAYS[index % WAYS.length] ?? 'html'] as const) {
      gateway.faults.strikeNext(read, way);
      await lab.look();
    }
  }
  gateway.faults.clear();
  await lab.look();
  expect(since(before).filter(isWrite)).toEqual([]);
  const subjects = lab.listener.received.slice(receivedBefore).map(({ subject }) => subject);
  expect(subjects.filter((one) => !GAPS.test(one))).toEqual([]);
});

/** The publisher without what stands against this attack. */
async function without<T>(attack: string, play: (other: Publishing) => Promise<T>): Promise<T> {
  const found = [...LISTS, ...PLAYED].find(([name]) => name === attack);
  if (found === undefined) throw new Error(`no attack is called "${attack}"`);
  const outfile = join(folder, `${attack.replaceAll(/\W/g, '')}.mjs`);
  await builder.build(found[1], outfile);
  const other = await lab.start(outfile);
  try {
    return await play(other);
  } finally {
    await other.kill();
  }
}

const publicNames = async () => {
  const listing = await lab.s3.send(new ListObjectsV2Command({ Bucket: PUBLIC }));
  return (listing.Contents ?? []).map(({ Key }) => Key);
};
const isPublic = async (Key: string, bytes: Buffer) => {
  const object = await lab.s3.send(new GetObjectCommand({ Bucket: PUBLIC, Key }));
  return bytes.equals((await object.Body?.transformToByteArray()) ?? Buffer.alloc(0));
};

test('without a second read, one emptied answer is a list that is lost', async () => {
  await without('one answer in which the published list is gone', async (other) => {
    gateway.faults.strikeNext(`GET /${PUBLIC}/ca.crl?x-id=GetObject`, 'empty');
    await other.look();
  });
  const subjects = lab.listener.received.map(({ subject }) => subject);
  expect(subjects.filter((one) => one.includes('CrlCopyStrange'))).not.toEqual([]);
});

test('a name of another pinned CA’s list cannot be taken; without that rule it is', async () => {
  const second = anAuthority(rsa('sha256'), { commonName: 'Second CA' });
  await lab.put('issuers/second.crt', second.certificate);
  const squat = (number: bigint) =>
    aList(second, { number, thisUpdateAt: Date.now() - 1_000, nextUpdateAt: Date.now() + DAY_MS });
  const [first, later] = [squat(900n), squat(901n)];
  await lab.upload('ca.crl', first);
  expect(await isPublic('ca.crl', first)).toBe(false);
  await without('another pinned CA’s list under a name that is published', (other) =>
    other.upload('ca.crl', later),
  );
  expect(await isPublic('ca.crl', later)).toBe(true);
});

test('a replay gets no second public name; without that rule it does', async () => {
  const list = lab.list();
  await lab.upload('once.crl', list);
  await lab.upload('twice.crl', list);
  expect(await publicNames()).not.toContain('twice.crl');
  await without('replays of one list under a hundred names', (other) =>
    other.upload('thrice.crl', list),
  );
  expect(await publicNames()).toContain('thrice.crl');
});

test('10 MiB of white space and base64 are refused; without the decoder of a fixed memory the function dies', async () => {
  const junk = Buffer.from(`M${'ABC '.repeat(2_600_000)}`);
  expect(await lab.upload('space.crl', junk)).toMatchObject({ version: 1 });
  const attack = 'a 10 MiB upload of white space and base64';
  await expect(without(attack, (other) => other.upload('space2.crl', junk))).rejects.toThrow(
    'the container ended',
  );
});

/** Of the notices about this file: the command that a reader is to run. */
const commandsAbout = (fileName: string): readonly string[] =>
  lab.listener.received.flatMap(({ message }) => {
    const { command, subject } = fieldsOf(message);
    return fieldsOf(subject)['id'] === fileName && typeof command === 'string' ? [command] : [];
  });

/** As a reader pastes it: whether the shell ran what the file name says. */
function ran(command: string, made: string): boolean {
  spawnSync('sh', ['-c', command], { cwd: folder });
  return existsSync(join(folder, made));
}

test('a file name cannot end the command that a notice prints; unquoted it does', async () => {
  const [quoted, bare] = ['x;touch quoted;.crl', 'x;touch bare;.crl'];
  await lab.upload(quoted, lab.list());
  // A function that died before may hold the lease still.
  await until('the notice', async () => {
    if (commandsAbout(quoted).length > 0) return true;
    await lab.look();
    return null;
  });
  for (const command of commandsAbout(quoted)) expect(ran(command, 'quoted')).toBe(false);
  await without('a name that ends the command it is printed in', async (other) => {
    await other.upload(bare, lab.list());
    await until('the notice', () => commandsAbout(bare).length > 0);
  });
  expect(commandsAbout(bare).some((command) => ran(command, 'bare'))).toBe(true);
});
