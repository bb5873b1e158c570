/** Goal: check says what it has seen of the far side's half of the path, and claims no more. Method: verdicts by hand. */
import { expect, test } from '@jest/globals';
import type { UpVerdict } from '../../../lib/appliances/types/verdict.ts';
import { reportWayBack } from '../../../lib/cli/check/wayBack.ts';
import { parseProbes } from '../../../lib/probe/clauses.ts';
import { anAppliance, anAssessment, aWorld, down, up } from '../../builders/world.ts';

const THROUGH = 'ike:500 tcp:10.20.0.5:22';

function reported(probe: string, tunnels: readonly UpVerdict['tunnel'][]) {
  const parsed = parseProbes(probe);
  if (!parsed.ok) throw new Error(parsed.why);
  const ids = ['i-a1', 'i-b1'];
  const world = aWorld({ appliances: ids.map((id) => anAppliance(id, { probes: parsed.value })) });
  const verdicts = Object.fromEntries(
    ids.map((id, index) => {
      const tunnel = tunnels[index];
      return [id, tunnel === undefined ? up() : up({ tunnel })];
    }),
  );
  const assessment = anAssessment(world, verdicts);
  return reportWayBack('hq', { world, assessment, own: assessment });
}

test('answered through every appliance: yes, and nothing to do', () => {
  expect(reported(THROUGH, ['proven', 'answering'])).toEqual({
    isSeen: 'yes',
    because: 'vpn-a1, vpn-b1 pass probes to and fro',
    toDo: null,
  });
});

test('answered through one of two: some, and the other is named', () => {
  const { isSeen, because } = reported(THROUGH, ['proven', 'silent']);
  expect([isSeen, because]).toEqual([
    'some',
    expect.stringContaining('no answer came back through vpn-b1'),
  ]);
});

test('of daemons alone: no, with the risk of a failback and the recipe', () => {
  const { isSeen, because, toDo } = reported('ike:500', [undefined, undefined]);
  expect(isSeen).toBe('no');
  expect(because).toMatch(
    /^nothing is probed through the tunnels of vpn-a1, vpn-b1: .*after a failback/,
  );
  expect(toDo).toContain('docs/probes.md');
});

test('a group that is down claims nothing', () => {
  const world = aWorld({ appliances: [anAppliance('i-a1')] });
  const assessment = anAssessment(world, { 'i-a1': down() });
  const observation = { world, assessment, own: assessment };
  expect(reportWayBack('hq', observation).isSeen).toBe('no');
});
