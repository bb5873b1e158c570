/** What a command that changes the stack needs: credentials, the account, and the stack as it is now. */
import { hasCredentialSource } from '../../aws/credentialSources.ts';
import type { Reading } from '../../core/reading.ts';
import type { StackChangePort, StackLook } from '../../core/stackChangePort.ts';
import type { AwsClients } from '../awsClients.ts';
import { chooseRegion } from '../region.ts';
import { stackNameOf } from '../stack.ts';
import { type Terminal, Unable } from '../terminal.ts';

export interface Deploying {
  readonly region: string;
  readonly stage: string;
  readonly stackName: string;
  readonly accountId: string;
  readonly port: StackChangePort;
  /** Null: there is none yet. */
  readonly look: StackLook | null;
  readonly terminal: Terminal;
}

/** @throws {Unable} without credentials, within two seconds; and when the stack cannot be read. */
export async function openDeploying(
  options: { readonly region?: string; readonly stage?: string },
  terminal: Terminal,
  clients: AwsClients,
): Promise<Deploying> {
  const region = await chooseRegion(options.region, terminal.env, clients.profileRegion);
  if (!(await hasCredentialSource(terminal.env))) throw new Unable(NO_CREDENTIALS);
  const identity = await clients.identity(region);
  const { accountId } = valueOf(await identity.caller(within()), 'your identity');
  const stackName = stackNameOf(options.stage, terminal.env);
  const port = await clients.stackChange(region);
  const look = valueOf(await port.look(stackName, within()), `the stack ${stackName}`);
  const stage = stackName.slice('vpn-medic-'.length);
  return { region, stage, stackName, accountId, port, look, terminal };
}

const NO_CREDENTIALS =
  'there are no AWS credentials here: set AWS_PROFILE, log in (aws sso login), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';

/** @throws {Unable} with why it is unknown. */
export function valueOf<T>(reading: Reading<T>, what: string): T {
  if (reading.known) return reading.value;
  throw new Unable(
    `${what}: ${reading.why.replace("to the function's role", 'to the role or user that runs this')}`,
  );
}

/** Of one call, its retries included. */
export const within = (): AbortSignal => AbortSignal.timeout(60_000);
