/** When keys are read, which text counts, and what is said of them. */
import { expect, test } from '@jest/globals';
import { parseProbes } from '../../lib/probe/clauses.ts';
import { withKeys } from '../../lib/probe/keyNames.ts';
import { openKeys } from '../../lib/probe/keys.ts';
import type { ReadKey } from '../../lib/probe/ports.ts';
import { VirtualClock } from '../../lib/simulator/clock.ts';
import { wireguardDaemon } from './wireguardDaemon.ts';

const START = Date.parse('2026-11-20T21:00:00Z');
const text = wireguardDaemon().keyText;
const right = (version: string): ReadKey => ({ kind: 'key', text, version });

function setting(...answers: readonly ReadKey[]) {
  const clock = new VirtualClock(START);
  const asked: string[] = [];
  const keys = openKeys(
    {
      read: async (name) => {
        asked.push(name);
        return answers[Math.min(asked.length, answers.length) - 1] ?? right('1');
      },
    },
    clock,
  );
  const look = async () => {
    const opened = await keys.open('wireguard', '/k');
    return opened.ok ? opened.keyId : opened.why;
  };
  return { clock, asked, look, keys };
}

test('a key is read once, and again only 15 minutes later', async () => {
  const { clock, asked, look } = setting(right('1'), right('2'));
  expect(await look()).toBe('/k 1');
  await clock.run(15 * 60_000 - 1);
  expect(await look()).toBe('/k 1');
  expect(asked).toHaveLength(1);
  await clock.run(15 * 60_000);
  // The reading is under way: no probe waits for it.
  expect(await look()).toBe('/k 1');
  expect(asked).toHaveLength(2);
  expect(await look()).toBe('/k 2');
});

test('many probes that need a key at the same time read it once', async () => {
  const { asked, look } = setting(right('1'));
  expect(await Promise.all([look(), look(), look()])).toEqual(['/k 1', '/k 1', '/k 1']);
  expect(asked).toHaveLength(1);
});

test('a key that cannot be asked for keeps its last text; one that is gone or denied does not', async () => {
  const unread: ReadKey = { kind: 'unread', why: 'busy' };
  const missing: ReadKey = { kind: 'missing', why: 'gone' };
  const { clock, look } = setting(right('1'), unread, missing);
  await look();
  await clock.run(15 * 60_000);
  await look();
  expect(await look()).toBe('/k 1');
  await clock.run(15 * 60_000 + 30_000);
  await look();
  expect(await look()).toBe('the key /k: gone');
});

test('a missing key is asked for again after 30 s, and not before', async () => {
  const { clock, asked, look } = setting({ kind: 'missing', why: 'gone' }, right('1'));
  expect(await look()).toBe('the key /k: gone');
  await clock.run(29_999);
  await look();
  expect(asked).toHaveLength(1);
  await clock.run(30_000);
  await look();
  expect(await look()).toBe('/k 1');
});

test('a text that is no key says so without any of it', async () => {
  const { look } = setting({ kind: 'key', text: 'PrivateKey = hunter2', version: '1' });
  expect(await look()).toMatch(/^the key \/k is none for wireguard: /);
  expect(await look()).not.toContain('hunter2');
});

test('nothing that is kept shows the text', async () => {
  const { keys } = setting(right('1'));
  const opened = await keys.open('wireguard', '/k');
  const secret = /PrivateKey = (.*)/.exec(text)?.[1] ?? '';
  expect(secret).toHaveLength(44);
  expect(JSON.stringify([opened, keys])).not.toContain(secret);
});

const named = (probes: string, tag: string) => {
  const parsed = parseProbes(probes);
  if (!parsed.ok) throw new Error(parsed.why);
  const keyed = withKeys(parsed.value, tag);
  return keyed.ok ? keyed.value.flat().map((one) => one.keyName ?? null) : keyed.why;
};

test('a name is the key of every probe that takes one; KIND=NAME of that kind', () => {
  expect(named('ike:500 wireguard:51820', '/vpn-medic/probe/hq')).toEqual([
    null,
    '/vpn-medic/probe/hq',
  ]);
  expect(named('wireguard:1 wireguard:2', '/a wireguard=/b')).toEqual(['/b', '/b']);
});

test.each([
  ['', 'it is empty'],
  ['hq', '"hq" is no name of a parameter'],
  ['/', '"/" is no name of a parameter'],
  ['ike=/a', '"ike=/a" names a key for ike, which is no probe that takes one'],
  ['nothing=/a', '"nothing=/a" names a key for nothing'],
  ['/a;b', '"/a;b" is no name of a parameter'],
])('"%s" is refused', (tag, why) => {
  expect(named('wireguard:51820', tag)).toContain(why);
});
