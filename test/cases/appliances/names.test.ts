/** Goal: what a group is called changes nothing, be it a word that every JavaScript object has. */

import { expect, test } from '@jest/globals';
import { oneGroup } from '../../builders/oneGroup.ts';
import { play } from './play.ts';

/** A dies and comes back, B dies; leaders follow one another. */
async function played(group: string) {
  const made = oneGroup({ name: group });
  // An appliance's Name is shown, and a key of nothing.
  const account = { ...made, instances: made.instances.map((one) => ({ ...one, name: 'vpn' })) };
  const { writes, notifications } = await play({
    account,
    faults: [
      [{ kind: 'host-dead', instanceId: 'i-0a1b2c3d4e5f60001' }, 60, 120],
      [{ kind: 'watcher-killed' }, 90, 91],
      [{ kind: 'host-dead', instanceId: 'i-0a1b2c3d4e5f60002' }, 500, 560],
      [{ kind: 'host-dead', instanceId: 'i-0a1b2c3d4e5f60001' }, 700, 760],
    ],
    lastsS: 900,
  });
  const notified = notifications.map(
    ({ incidentId, state }) => `${state} ${incidentId.replace(group, 'GROUP')}`,
  );
  return {
    writes: writes.map(({ destination, interfaceId }) => [destination, interfaceId]),
    notified,
  };
}

test.each(['constructor', 'prototype', 'toString', 'hasOwnProperty'])(
  'a group "%s" is watched, moved, held and handed over as any other',
  async (name) => {
    const usual = await played('hq');
    expect(usual.writes.length).toBeGreaterThan(1);
    expect(await played(name)).toEqual(usual);
  },
);
