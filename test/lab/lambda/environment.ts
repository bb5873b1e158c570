/** The environment of a function in the lab: what Lambda and the template would give it. */
import type { Account } from '../account/build.ts';
import { REGION } from '../account/options.ts';

/** `own` are settings by their name without `VPN_MEDIC_`; `signer` marks the calls of this one in the gateway's records. */
export const environmentOf = (
  functionName: string,
  gatewayUrl: string,
  account: Account,
  signer: string,
  own: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => ({
  AWS_REGION: REGION,
  AWS_ENDPOINT_URL: gatewayUrl,
  AWS_ACCESS_KEY_ID: signer,
  AWS_SECRET_ACCESS_KEY: 'lab',
  // The emulator mis-reads gzip bodies.
  AWS_DISABLE_REQUEST_COMPRESSION: 'true',
  AWS_LAMBDA_FUNCTION_NAME: functionName,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  // As in deploy/environment.yml.
  MALLOC_ARENA_MAX: '1',
  NODE_OPTIONS: '--max-semi-space-size=2 --max-old-space-size=96',
  VPN_MEDIC_REGIONS: REGION,
  VPN_MEDIC_MODE: 'act',
  VPN_MEDIC_STATE_TABLE: account.stateTable,
  VPN_MEDIC_ALERTS_TOPIC_ARN: account.alertsTopicArn,
  ...Object.fromEntries(Object.entries(own).map(([name, value]) => [`VPN_MEDIC_${name}`, value])),
});
