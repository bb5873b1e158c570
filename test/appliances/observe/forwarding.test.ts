/** Through which interface an appliance forwards, and where it is knocked on. */
import { describe, expect, test } from '@jest/globals';
import type { Topology } from '../../../lib/appliances/types/topology.ts';
import { anInstance, anInterface, aStatus } from '../../builders/facts.ts';
import { HQ, one, read, reasons } from '../../builders/fleetReading.ts';
import { applianceMemory } from '../../builders/world.ts';

const withLinks = (...interfaces: readonly ReturnType<typeof anInterface>[]) =>
  read({
    tags: { 'i-a1': HQ, 'eni-tagged': HQ },
    instances: [anInstance('i-a1')],
    interfaces,
  });

const link = (interfaceId: string, deviceIndex: number, hasSourceDestCheck: boolean) =>
  anInterface('i-a1', { interfaceId, deviceIndex, hasSourceDestCheck });

describe('the interface that forwards', () => {
  test('the only one does, even with the check on', () => {
    expect(one(withLinks(link('eni-1', 0, true)))?.forwarding).toEqual({
      kind: 'interface',
      interfaceId: 'eni-1',
    });
  });

  test('of several, the only one with the check off', () => {
    const topology = withLinks(link('eni-1', 0, true), link('eni-2', 1, false));
    expect(one(topology)?.forwarding).toEqual({ kind: 'interface', interfaceId: 'eni-2' });
    expect(one(topology)?.interfaceIds).toEqual(['eni-1', 'eni-2']);
  });

  test('of several, the tagged one', () => {
    const topology = withLinks(link('eni-1', 0, false), link('eni-tagged', 1, false));
    expect(one(topology)?.forwarding).toEqual({ kind: 'interface', interfaceId: 'eni-tagged' });
  });

  test.each([
    ['off', false],
    ['on', true],
  ])(
    'of two that both have the check %s nobody knows: ambiguous, told, and no target',
    (_what, check) => {
      const topology = withLinks(link('eni-1', 0, check), link('eni-2', 1, check));
      expect(one(topology)?.forwarding).toEqual({
        kind: 'ambiguous',
        interfaceIds: ['eni-1', 'eni-2'],
      });
      expect(reasons(topology)).toEqual(['InterfaceAmbiguous']);
    },
  );

  test('a running appliance without one is told', () => {
    expect(one(withLinks())?.forwarding).toEqual({ kind: 'none' });
    expect(reasons(withLinks())).toEqual(['InterfaceMissing']);
  });

  test('a terminated one is not: that it has none is no news', () => {
    const topology = read({
      tags: { 'i-a1': HQ },
      instances: [anInstance('i-a1', { state: 'terminated' })],
      interfaces: [],
      statuses: [aStatus('i-a1', { state: 'terminated' })],
    });
    expect(reasons(topology)).toEqual([]);
  });
});

describe('addresses', () => {
  test('are those of the interface that forwards, else of the instance', () => {
    const two = [
      anInterface('i-a1', {
        interfaceId: 'eni-1',
        hasSourceDestCheck: true,
        privateIp: '10.0.0.1',
      }),
      anInterface('i-a1', {
        interfaceId: 'eni-2',
        deviceIndex: 1,
        privateIp: '10.0.0.2',
        publicIp: null,
        ipv6s: ['fd00::2'],
      }),
    ];
    const tags = { 'i-a1': HQ };
    const instances = [anInstance('i-a1', { privateIp: '10.0.0.9', publicIp: '192.0.2.9' })];
    expect(one(read({ tags, instances, interfaces: two }))).toMatchObject({
      privateIp: '10.0.0.2',
      publicIp: '192.0.2.9',
      ipv6: 'fd00::2',
    });
    expect(one(read({ tags, instances, interfaces: [] }))).toMatchObject({
      privateIp: '10.0.0.9',
      publicIp: '192.0.2.9',
      ipv6: null,
    });
  });

  test('the name is the instance’s, else the remembered one, else the id', () => {
    const nameOf = (topology: Topology) => one(topology)?.name;
    const tags = { 'i-a1': HQ };
    const past = new Map([['i-a1', applianceMemory({ name: 'old' })]]);
    const nameless = [anInstance('i-a1', { name: '' })];
    expect(nameOf(read({ tags, instances: [anInstance('i-a1')] }, past))).toBe('vpn-a1');
    expect(nameOf(read({ tags, instances: nameless }, past))).toBe('old');
    expect(nameOf(read({ tags, instances: nameless }))).toBe('i-a1');
  });
});
