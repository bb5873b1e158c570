/** Goal: the region is the one that was asked for, and a command without one says how to name it. */
import { describe, expect, test } from '@jest/globals';
import { chooseRegion } from '../../lib/cli/region.ts';
import { Unable } from '../../lib/cli/terminal.ts';

const ofProfile = async () => 'eu-south-1';
const unasked = () => Promise.reject(new Error('asking the profile'));

describe('the region', () => {
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-2',
    VPN_MEDIC_REGIONS: 'eu-west-3',
  };

  test.each([
    ['asked for', 'us-gov-west-1', env, 'us-gov-west-1'],
    ["of the SDK's environment", undefined, env, 'eu-west-1'],
    ["of the AWS CLI's environment", undefined, { ...env, AWS_REGION: '' }, 'eu-west-2'],
    ['first watched', undefined, { VPN_MEDIC_REGIONS: 'eu-west-3, eu-west-1' }, 'eu-west-3'],
  ] as const)('is the one %s, without reading the profile', async (_, asked, from, region) => {
    expect(await chooseRegion(asked, from, unasked)).toBe(region);
  });

  test("is the profile's where nothing else names one", async () => {
    expect(await chooseRegion(undefined, {}, ofProfile)).toBe('eu-south-1');
  });

  test.each([
    [undefined, 'no region is set'],
    ['Frankfurt', '"Frankfurt" is no region'],
    ['eu-west-1a', '"eu-west-1a" is no region'],
  ])('of %s is refused', async (asked, why) => {
    const chosen = chooseRegion(asked, {}, async () => null);
    await expect(chosen).rejects.toThrow(Unable);
    await expect(chosen).rejects.toThrow(why);
  });
});
