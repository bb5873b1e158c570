/** Lines on which nothing may move: loss, late answers, and interruptions shorter than the silence that is called down. */
import { randomInt } from 'node:crypto';
import { pause } from '../../test/lab/pause.ts';
import { type Deployed, deploy, type Vantages } from './deployed.ts';
import type { Site } from './site.ts';

export interface Line {
  readonly name: string;
  readonly seconds: number;
  readonly moveCount: number;
}

const LASTS_MS = 60_000;
/** Shorter than `silenceInsideMs` and `silenceOutsideMs`, with what a probe that is under way adds. */
const BLIP_MS: Readonly<Record<Vantages, number>> = { inside: 1_000, outside: 1_800 };

/** One watcher for each place of the probes lives through all of them. */
export async function badLines(site: Site): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const vantages of ['inside', 'outside'] as const) {
    const deployed = await deploy(site, vantages);
    try {
      await deployed.begin();
      for (const percent of [1, 5, 10, 20]) {
        const name = `${vantages}, ${percent} % of packets lost`;
        lines.push(
          await measure(name, deployed, async () => {
            await site.drop('a', percent, 'all');
            await pause(LASTS_MS);
            await site.pass('a');
          }),
        );
      }
      const late = () => interrupted(site, () => randomInt(50, 300), 'late');
      lines.push(await measure(`${vantages}, up to 0.3 s late`, deployed, late));
      const blipMs = BLIP_MS[vantages];
      const blip = () => interrupted(site, () => blipMs, 'silent');
      lines.push(await measure(`${vantages}, ${blipMs / 1_000} s silent`, deployed, blip));
    } finally {
      await deployed.close();
    }
  }
  return lines;
}

async function measure(
  name: string,
  { moveCount }: Deployed,
  live: () => Promise<void>,
): Promise<Line> {
  const before = moveCount();
  await live();
  await pause(5_000);
  const line = { name, seconds: LASTS_MS / 1_000, moveCount: moveCount() - before };
  process.stderr.write(`${JSON.stringify(line)}\n`);
  return line;
}

/** `late`: the daemon, and the packets in its tunnel, wait; `silent`: the host drops everything. Well for as long between. */
async function interrupted(
  site: Site,
  lastsMs: () => number,
  how: 'late' | 'silent',
): Promise<void> {
  const endsAt = performance.now() + LASTS_MS;
  while (performance.now() < endsAt) {
    const ms = lastsMs();
    if (how === 'late') site.signalDaemon('a', 'SIGSTOP');
    else await site.drop('a', 100, 'all');
    await pause(ms);
    if (how === 'late') site.signalDaemon('a', 'SIGCONT');
    else await site.pass('a');
    await pause(how === 'late' ? ms : WELL_MS);
  }
}

const WELL_MS = 3_000;
