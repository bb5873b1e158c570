/** One invocation of a function that does not loop. */
import { randomUUID } from 'node:crypto';
import { REGION } from '../account/options.ts';
import { applianceOf, type Lab } from '../lab.ts';
import { startContainer } from '../lambda/container.ts';
import { environmentOf } from '../lambda/environment.ts';
import { QUICK } from './open.ts';

const REMAINING_MS = 60_000;

/** `own` are settings by their name without `VPN_MEDIC_`. @throws what the handler threw. */
export async function invokeOnce(
  lab: Lab,
  functionName: string,
  event: unknown,
  own: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const settings = { ...QUICK, ...own };
  const env = environmentOf(functionName, lab.gateway.url, lab.account, functionName, settings);
  const container = await startContainer(functionName, env);
  try {
    return await container.invoke(event, REMAINING_MS);
  } finally {
    await container.kill();
  }
}

/** As EventBridge delivers it. */
export const stateChange = (instanceId: string, state: string): unknown => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '123456789012',
  time: '2026-11-20T21:00:00Z',
  region: REGION,
  resources: [`arn:aws:ec2:${REGION}:123456789012:instance/${instanceId}`],
  detail: { 'instance-id': instanceId, state },
});

/** The leader reads everything now. */
export const lookNow = (lab: Lab): Promise<unknown> =>
  invokeOnce(lab, 'onInstanceChange', stateChange(applianceOf(lab, 'vpn-a').instanceId, 'running'));

/** Two minutes before EC2 takes Spot capacity back. */
export const spotNotice = (instanceId: string): unknown => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'EC2 Spot Instance Interruption Warning',
  source: 'aws.ec2',
  account: '123456789012',
  time: '2026-11-20T21:00:00Z',
  region: REGION,
  resources: [`arn:aws:ec2:${REGION}a:instance/${instanceId}`],
  detail: { 'instance-id': instanceId, 'instance-action': 'terminate' },
});
