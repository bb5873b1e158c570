/** Goal: help that can be copied from. Method: the help of every command, and what it shows run through the parser. */
import { describe, expect, test } from '@jest/globals';
import { showProgress } from '../../lib/cli/output/progress.ts';
import { cli, cliOver, simAccount } from './open.ts';

const COMMANDS =
  'rehearse,capture,replay,check,plan,map,cost,incidents,explain,ack,pin,unpin,repair,undo,pause,resume,maintenance start,maintenance stop,maintenance list,crl check,crl allow,crl forget'.split(
    ',',
  );

describe('every command', () => {
  test('is in the list of this test', async () => {
    const { out } = await cli(['--help']);
    const names = [...out.matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map(([, name]) => name);
    expect(new Set(COMMANDS.map((one) => one.split(' ')[0]))).toEqual(
      new Set(names.filter((name) => name !== 'help')),
    );
  });

  test.each(COMMANDS)('%s: its help has examples of it', async (command) => {
    const { exit, out } = await cli([...command.split(' '), '--help']);
    expect(exit).toBe(0);
    expect(out).toMatch(new RegExp(`Examples:\\n {2}vpn-medic ${command}`));
  });
});

test('--wide cuts nothing, before or after the command', async () => {
  const account = simAccount();
  for (const argv of [
    ['--wide', 'plan'],
    ['plan', '--wide'],
  ]) {
    const { out } = await cliOver(account, argv, { columns: 40 });
    expect(out).toMatch(/instance:i-0a1b2c3d4e5f60001 +\d+ +hq-a of hq in eu-west-1a\n/);
  }
});

test('what takes longer than 2 s is named on standard error, and silence costs nothing', async () => {
  const told: string[] = [];
  const progress = showProgress({ progress: (text) => told.push(text) }, ['reading', 'probing']);
  progress.end('reading');
  await new Promise((resolve) => {
    setTimeout(resolve, 2_300);
  });
  progress.stop();
  expect(told).toEqual(['probing: 2 s ...']);
});
