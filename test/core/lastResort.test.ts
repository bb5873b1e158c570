/** Goal: what is stored of gateways of last resort is read whole or not at all, and no other id passes for a gateway's. */
import { describe, expect, test } from '@jest/globals';
import {
  isGatewayId,
  type LastResorts,
  NO_LAST_RESORTS,
  parseLastResorts,
} from '../../lib/core/lastResort.ts';

describe('the id of a gateway', () => {
  test.each(['vgw-0a1b2c3d', 'tgw-0a1b2c3d4e5f60001'])('%s is one', (id) => {
    expect(isGatewayId(id)).toBe(true);
  });

  test.each(['tgw-attach-0a1b2c3d', 'tgw-rtb-0a1b2c3d', 'igw-0a1b2c3d', 'eni-0a1b2c3d', ''])(
    '%j is none',
    (id) => {
      expect(isGatewayId(id)).toBe(false);
    },
  );
});

describe('the stored item', () => {
  const whole: LastResorts = {
    at: 1,
    gateways: [
      { gatewayId: 'vgw-0a', groups: ['hq'], health: 'up', carries: { 'vpc-1': ['10.0.0.0/8'] } },
    ],
  };

  test('is read as it was written', () => {
    expect(parseLastResorts(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
  });

  test.each([
    undefined,
    'text',
    { gateways: [] },
    { ...whole, at: -1 },
    { ...whole, gateways: [{ ...whole.gateways[0], health: 'well' }] },
    { ...whole, gateways: [{ ...whole.gateways[0], carries: { 'vpc-1': '10.0.0.0/8' } }] },
  ])('%j is none', (body) => {
    expect(parseLastResorts(body)).toEqual(NO_LAST_RESORTS);
  });
});
