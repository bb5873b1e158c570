/** Goal: help that can be copied from. Method: the help of every command, and what it shows run through the parser. */
import { expect, test } from '@jest/globals';
import { showProgress } from '../../lib/cli/output/progress.ts';
import { cli, cliOver, simAccount } from './open.ts';

/** The commands that a help lists. */
async function commandsIn(argv: readonly string[]): Promise<readonly string[]> {
  const { out } = await cli([...argv, '--help']);
  const [, list = ''] = out.split('Commands:\n');
  const names = [...list.matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map(([, name = '']) => name);
  return names.filter((name) => name !== 'help');
}

test('the help of every command, and of every one below it, has examples of it', async () => {
  const without: string[] = [];
  let count = 0;
  for (const top of await commandsIn([])) {
    const below = await commandsIn([top]);
    for (const words of below.length === 0 ? [[top]] : below.map((name) => [top, name])) {
      const { exit, out } = await cli([...words, '--help']);
      const hasExample = out.includes(`Examples:\n  vpn-medic ${words.join(' ')}`);
      if (exit !== 0 || !hasExample) without.push(words.join(' '));
      count += 1;
    }
  }
  expect(without).toEqual([]);
  expect(count).toBeGreaterThan(20);
});

test('every command in a list of commands is described', async () => {
  const bare: string[] = [];
  for (const argv of [[], ...(await commandsIn([])).map((name) => [name])]) {
    const { out } = await cli([...argv, '--help']);
    const [, list = ''] = out.split('Commands:\n');
    const named = list.split('\n').filter((line) => /^ {2}[a-z]/.test(line));
    bare.push(...named.filter((line) => !/^ {2}\S.*? {2,}\S/.test(line)));
  }
  expect(bare).toEqual([]);
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
