/** Which interface of a peer takes over from the one that a route leads to. */
import { describe, expect, test } from '@jest/globals';
import { targetInterfaceOf } from '../../../lib/appliances/plan/targetInterface.ts';
import type { ApplianceInterface } from '../../../lib/appliances/types/topology.ts';
import { VPC } from '../../builders/facts.ts';
import { anAppliance, anArm, aTable } from '../../builders/world.ts';

interface Setting {
  readonly source: readonly ApplianceInterface[];
  readonly target: readonly ApplianceInterface[];
  readonly from?: string;
  readonly vpcId?: string;
  /** Where other routes to 10.0.0.0/8 lead. */
  readonly led?: readonly string[];
}

/** Its id, or why there is none. */
function targetOf({ source, target, from = 'eni-a1', vpcId = VPC, led = [] }: Setting): string {
  const found = targetInterfaceOf(
    anAppliance('i-b1', { interfaces: target }),
    anAppliance('i-a1', { interfaces: source }),
    { destination: '10.0.0.0/8', vpcId, targetId: from },
    {
      tables: led.map((targetId, index) =>
        aTable(`rtb-${index}`, { ways: [{ cidr: '10.0.0.0/8', targetId }] }),
      ),
    },
  );
  return found.kind === 'interface' ? found.interface.interfaceId : found.why;
}

const arms = (who: string, ...overs: readonly Partial<ApplianceInterface>[]) =>
  overs.map((over, deviceIndex) => anArm(`eni-${who}${deviceIndex}`, { deviceIndex, ...over }));
const ON = { hasSourceDestCheck: true };
const OFF = {};

describe('by the role tag', () => {
  const source = arms('a', { role: 'wan' }, { role: 'lan' });

  test('the one with the same word, whatever its device index', () => {
    const target = arms('b', { role: 'lan' }, { role: 'wan' });
    expect(targetOf({ source, target, from: 'eni-a0' })).toBe('eni-b1');
    expect(targetOf({ source, target, from: 'eni-a1' })).toBe('eni-b0');
  });

  test('never one with another word: unclear', () => {
    const target = arms('b', { role: 'x' }, { role: 'y' });
    expect(targetOf({ source, target })).toContain('their roles are others');
  });

  test('two with the same word: unclear', () => {
    const target = arms('b', { role: 'lan' }, { role: 'lan' });
    expect(targetOf({ source, target })).toContain('several have the role lan');
  });

  test('of a peer without roles the device index counts', () => {
    expect(targetOf({ source, target: arms('b', OFF, OFF) })).toBe('eni-b1');
  });

  test('one without a role takes over from no tagged peer of another word', () => {
    const target = arms('b', { role: 'wan' }, OFF);
    expect(targetOf({ source, target, from: 'eni-a0' })).toBe('eni-b0');
    expect(targetOf({ source: arms('a', OFF, OFF), target, from: 'eni-a0' })).toContain(
      'none is device 0',
    );
  });
});

describe('by the source/destination check', () => {
  test('the only one that forwards, where the other has one only too', () => {
    expect(targetOf({ source: arms('a', ON, OFF), target: arms('b', OFF, ON) })).toBe('eni-b0');
    expect(targetOf({ source: arms('a', OFF), target: arms('b', ON, OFF), from: 'eni-a0' })).toBe(
      'eni-b1',
    );
  });

  test('not where the other has two: then it is the other arm that has the check on by mistake', () => {
    const source = arms('a', OFF, OFF);
    expect(targetOf({ source, target: arms('b', ON, OFF), from: 'eni-a0' })).toBe('eni-b0');
  });

  test('not where it is the only one that is left of a peer of a two-armed appliance', () => {
    const source = arms('a', OFF, OFF);
    expect(targetOf({ source, target: arms('b', OFF) })).toContain('none is device 1');
    expect(targetOf({ source, target: arms('b', OFF), from: 'eni-a0' })).toBe('eni-b0');
  });
});

describe('by the device index', () => {
  const source = arms('a', OFF, OFF);
  const target = arms('b', OFF, OFF);

  test('each to its own', () => {
    expect(targetOf({ source, target, from: 'eni-a0' })).toBe('eni-b0');
    expect(targetOf({ source, target, from: 'eni-a1' })).toBe('eni-b1');
  });

  test('unclear where routes to the same destination lead to another of its arms', () => {
    expect(targetOf({ source, target, led: ['eni-b1'] })).toBe('eni-b1');
    expect(targetOf({ source, target, led: ['eni-b0'] })).toContain('eni-b0 carries 10.0.0.0/8');
    expect(targetOf({ source, target, led: ['eni-b0', 'eni-b1'] })).toBe('eni-b1');
  });

  test('says nothing for an appliance with one arm where the other has two; routes do', () => {
    const one = arms('a', OFF);
    expect(targetOf({ source: one, target, from: 'eni-a0' })).toContain('the only one there');
    expect(targetOf({ source: one, target, from: 'eni-a0', led: ['eni-b1'] })).toBe('eni-b1');
  });

  test('the only one with our group tag on both sides comes before it', () => {
    const tagged = arms('b', { isChosen: true }, OFF);
    const chosen = arms('a', OFF, { isChosen: true });
    expect(targetOf({ source: chosen, target: tagged })).toBe('eni-b0');
    expect(targetOf({ source, target: tagged })).toBe('eni-b1');
  });

  test('what that one takes over is not what leads to another arm: unclear where the device index says so, too', () => {
    const tagged = arms('b', { isChosen: true }, OFF);
    const chosen = arms('a', OFF, { isChosen: true });
    expect(targetOf({ source: chosen, target: tagged, from: 'eni-a0' })).toContain(
      'none is device 0',
    );
    const inOrder = arms('b', OFF, { isChosen: true });
    expect(targetOf({ source: chosen, target: inOrder, from: 'eni-a0' })).toBe('eni-b0');
    const only = arms('b', { isChosen: true });
    expect(targetOf({ source: chosen, target: only, from: 'eni-a0' })).toContain(
      'roles are others',
    );
  });
});

describe('in the route’s VPC', () => {
  const other = { vpcId: 'vpc-2' };

  test('only interfaces there count, on both sides', () => {
    const source = arms('a', ON, other);
    const target = arms('b', ON, other);
    expect(targetOf({ source, target, vpcId: 'vpc-2' })).toBe('eni-b1');
  });

  test('without one there is none', () => {
    const target = arms('b', OFF);
    expect(targetOf({ source: arms('a', OFF, other), target, vpcId: 'vpc-2' })).toBe(
      'it has no interface in vpc-2',
    );
  });
});

test('the command gives both the same role, by the likely one', () => {
  const found = targetInterfaceOf(
    anAppliance('i-b1', { interfaces: arms('b', OFF, OFF) }),
    anAppliance('i-a1', { interfaces: arms('a', OFF) }),
    { destination: '10.0.0.0/8', vpcId: VPC, targetId: 'eni-a0' },
    { tables: [] },
  );
  expect(found).toMatchObject({
    fix: 'Run: aws ec2 create-tags --resources eni-a0 eni-b0 --tags Key=vpn-medic:role,Value=arm-0',
  });
});
