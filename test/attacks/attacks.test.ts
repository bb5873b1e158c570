/**
 * Goal: each attack of docs/security.md fails because of the defence that stands against it. Method: the attack is tried
 * on the product as it is, and on the product built without that defence, where it succeeds. The lab tries the same over
 * HTTP (test/lab/scenarios/attacks.test.ts).
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeTempFolder } from '../tempFolder.ts';
import { type Builder, type Cut, openBuilder } from './cut.ts';
import { LIES } from './defences/lies.ts';
import { LISTS } from './defences/lists.ts';
import { PLAYED } from './defences/play.ts';
import { TAGGED } from './defences/tags.ts';
import { ON_THE_WIRE } from './defences/wire.ts';

type Attacks = Readonly<Record<string, () => Promise<string | null>>>;

const folder = makeTempFolder();
afterAll(() => rm(folder, { recursive: true }));
let count = 0;

async function attacksOn(builder: Builder, cuts: readonly Cut[]): Promise<Attacks> {
  count += 1;
  const outfile = join(folder, `${count}.mjs`);
  await builder.build(cuts, outfile);
  const built: { readonly attacks: Attacks } = await import(outfile);
  return built.attacks;
}

describe.each([
  ['play.ts', PLAYED],
  ['tags.ts', TAGGED],
  ['lies.ts', LIES],
  ['lists.ts', LISTS],
  ['wire.ts', ON_THE_WIRE],
])('attacks of %s', (entry, list) => {
  let builder: Builder;
  let whole: Attacks = {};
  beforeAll(async () => {
    builder = await openBuilder(join('test/attacks', entry), folder);
    whole = await attacksOn(builder, []);
  });
  afterAll(() => builder.close());

  test('each is tried', () => {
    expect(new Set(list.map(([attack]) => attack))).toEqual(new Set(Object.keys(whole)));
  });

  test.each(list)(
    '%s: gets nothing, and without its defence what it is after',
    async (attack, cuts, gets) => {
      expect(await whole[attack]?.()).toBeNull();
      const open = await attacksOn(builder, cuts);
      expect(await open[attack]?.()).toMatch(gets);
    },
  );
});

test('a defence that has moved is reported, not passed over', async () => {
  const cut = { file: 'lib/core/cidr.ts', defence: 'what never stood there', without: '' };
  const builder = await openBuilder('test/attacks/play.ts', folder);
  const built = attacksOn(builder, [cut]);
  await expect(built).rejects.toThrow('has 0 times what the attack cuts out');
  await builder.close();
});
