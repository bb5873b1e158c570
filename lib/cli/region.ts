/** Which region a command is about. */
import { Unable } from './terminal.ts';

const REGION = /^[a-z]{2}(-[a-z]+)+-\d+$/;

/**
 * The one asked for, else the environment's, else the profile's.
 * @throws {Unable} when there is none, or it is no region.
 */
export async function chooseRegion(
  asked: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  ofProfile: () => Promise<string | null>,
): Promise<string> {
  const region =
    asked ||
    env['AWS_REGION'] ||
    env['AWS_DEFAULT_REGION'] ||
    env['VPN_MEDIC_REGIONS']?.split(',')[0]?.trim() ||
    (await ofProfile());
  if (!region) {
    throw new Unable(
      'no region is set: add --region eu-west-1, or set AWS_REGION, or a region in the profile',
    );
  }
  if (!REGION.test(region)) {
    throw new Unable(`"${region}" is no region: write for example --region eu-west-1`);
  }
  return region;
}
