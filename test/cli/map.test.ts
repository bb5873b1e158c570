/** `vpn-medic map`: one page, from the account or a file. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { DEFAULT_ENDPOINTS } from '../../lib/simulator/defaults/clientVpn.ts';
import { defaultVpn } from '../../lib/simulator/defaults/siteToSite.ts';
import { rolesOf } from '../../lib/simulator/roles.ts';
import { captureText } from '../builders/capture.ts';
import { makeTempFolder } from '../tempFolder.ts';
import { cli, cliOver, START_AT, simAccount } from './open.ts';

let folder = '';
let file = '';
beforeAll(() => {
  folder = makeTempFolder();
  file = join(folder, 'net.jsonl');
  const [vpn, endpoints] = [defaultVpn(START_AT), DEFAULT_ENDPOINTS];
  writeFileSync(file, captureText({ snapshot: defaultAccount(START_AT), vpn, endpoints }));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('draws every appliance, connection and endpoint of a capture on one page that needs no other', async () => {
  const { exit, out } = await cli(['map', '--capture', file]);
  expect(exit).toBe(0);
  expect(out).toMatch(/^<!doctype html>/);
  const names = [
    'hq-a',
    'hq-b',
    'hq-c',
    'branch-a',
    'branch-b',
    'hq-north',
    '203.0.113.31',
    'staff',
  ];
  for (const name of names) expect(out).toContain(name);
  expect(out.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<script/);
});

test('draws the account as it is: a dead appliance is down', async () => {
  const account = simAccount();
  const [victim] = rolesOf(defaultAccount(START_AT)).appliances;
  account.faults.add({ kind: 'stopped', instanceId: victim?.instanceId ?? '' }, 0, 1e9);
  await account.clock.run(60_000);
  const { out } = await cliOver(account, ['map']);
  expect(out).toMatch(/class="down"/);
});

test.each([
  [['--width', '279'], /write a whole number from 280 to 8000/],
  [['--width', '8001'], /write a whole number from 280 to 8000/],
  [['--width', 'wide'], /write a whole number/],
  [['--theme', 'pink'], /write light, dark or auto/],
])('refuses %j and says what to write', async (options, why) => {
  const { exit, err } = await cli(['map', '--capture', file, ...options]);
  expect(exit).toBe(1);
  expect(err).toMatch(why);
});

test.each([
  ['280', 'width="280"'],
  ['8000', 'width="8000"'],
])('is as wide as asked: %s', async (width, attribute) => {
  expect((await cli(['map', '--capture', file, '--width', width])).out).toContain(attribute);
});
