/** Goal: `check --watch` looks again and again, and a script gets the last answer. Method: the command over the simulated account, in virtual time. */
import { describe, expect, test } from '@jest/globals';
import type { Terminal } from '../../../lib/cli/terminal.ts';
import { unknown } from '../../../lib/core/reading.ts';
import { cli, cliOver, START_AT, simAccount, simulatedClients } from '../open.ts';

/** Ctrl-C after so long. */
function screen(sim: ReturnType<typeof simAccount>, afterMs: number) {
  const drawn: string[] = [];
  const own: Fixture['screen'] = {
    onInterrupt: (stop) => void sim.clock.sleep(afterMs).then(stop),
    redraw: (text) => void drawn.push(text),
  };
  return { drawn, own };
}

interface Fixture {
  readonly screen: Pick<Terminal, 'onInterrupt' | 'redraw'>;
}

const looksIn = (text: string): number => text.split('Account 123456789012, ').length - 1;

describe('check --watch', () => {
  test('looks every 10 s until Ctrl-C, and ends with the code of the last look', async () => {
    const sim = simAccount();
    const { onInterrupt } = screen(sim, 25_000).own;
    const { exit, out } = await cliOver(sim, ['check', '--watch'], {
      screen: { ...(onInterrupt && { onInterrupt }) },
    });
    expect(looksIn(out)).toBe(3);
    expect(exit).toBe((await cliOver(sim, ['check'])).exit);
  });

  test('in a terminal each look replaces the one before, whole', async () => {
    const sim = simAccount();
    const { drawn, own } = screen(sim, 17_000);
    const { out } = await cliOver(sim, ['check', '--watch', '5'], { screen: own });
    expect([looksIn(out), drawn.length]).toEqual([1, 3]);
    for (const text of drawn) expect(looksIn(text)).toBe(1);
  });

  test('with --json prints one object after another', async () => {
    const sim = simAccount();
    const { onInterrupt } = screen(sim, 12_000).own;
    const { out } = await cliOver(sim, ['check', '--watch', '10', '--json'], {
      screen: { ...(onInterrupt && { onInterrupt }) },
    });
    const objects = out.split(/\n(?=\{)/).map((text): unknown => JSON.parse(text));
    expect(objects).toHaveLength(2);
  });

  test('goes on when a later look fails, and says so; the first one fails the command', async () => {
    const sim = simAccount();
    const { clients, ports } = simulatedClients(sim);
    const fails = () => ports.clock.now() - START_AT >= 5_000;
    const ec2: typeof ports.ec2 = {
      ...ports.ec2,
      tags: (...args) =>
        fails() ? Promise.resolve(unknown('denied', ports.clock.now())) : ports.ec2.tags(...args),
    };
    const { onInterrupt } = screen(sim, 12_000).own;
    const fixture = {
      clients: { ...clients, ec2: async () => ec2 },
      screen: { ...(onInterrupt && { onInterrupt }) },
    };
    const { exit, out } = await cliOver(sim, ['check', '--watch'], fixture);
    expect(exit).toBe(1);
    expect(out).toContain('? Unknown: nothing can be read in eu-west-1: denied.');
    const first = await cliOver(sim, ['check', '--watch'], fixture);
    expect([first.exit, first.out]).toEqual([1, '']);
    expect(first.err).toContain('nothing can be read');
  });
});

test.each([
  ['4', 'write seconds, 5 to 3600'],
  ['3601', 'write seconds, 5 to 3600'],
  ['soon', 'write seconds, 5 to 3600'],
])('--watch %s is refused with its bounds', async (seconds, why) => {
  expect(await cli(['check', '--watch', seconds])).toMatchObject({
    exit: 1,
    err: expect.stringContaining(why),
  });
});

test('--watch of a capture is refused: it does not change', async () => {
  const { err } = await cli(['check', '--watch', '--capture', 'a.jsonl']);
  expect(err).toContain('a capture does not change');
});
