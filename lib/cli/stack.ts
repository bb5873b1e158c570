/** What the command line needs of the deployment: as asked, else from the environment, else from the stack's outputs. */
import type { AwsClients, CrlBucketNames } from './awsClients.ts';
import { type Terminal, Unable } from './terminal.ts';

export interface StackOptions {
  readonly stateTable?: string;
  readonly stage?: string;
}

/** Names of the deployed things; null: not known. */
export interface StackNames {
  readonly stateTable: string | null;
  readonly probeFunctions: readonly string[];
  readonly repairFunction: string | null;
  /** The one inside the VPC that logs in for repairs. */
  readonly sshFunction: string | null;
  /** Null: the stack was not asked, or publishes no CRLs. */
  readonly crlBuckets: CrlBucketNames | null;
  /** Why the stack could not be asked; null: it was, or did not need to be. */
  readonly why: string | null;
}

const ASK_MS_MAX = 10_000;
const SERVICE = 'vpn-medic';
/** As `sls deploy` names it without `--stage`. */
const STAGE = 'prod';

/**
 * An option wins over the environment, and `--stage` over both but for `--state-table`. The stack is asked only for what
 * neither names.
 * @throws {Unable} when `--stage` names a stack that is not there or cannot be read.
 */
export async function findStack(
  { stateTable: asked, stage }: StackOptions,
  env: Terminal['env'],
  clients: Pick<AwsClients, 'stack'>,
  homeRegion: string,
): Promise<StackNames> {
  const named: StackNames = {
    stateTable: asked || env['VPN_MEDIC_STATE_TABLE'] || null,
    probeFunctions: listOf(env['VPN_MEDIC_PROBE_FUNCTIONS']),
    repairFunction: env['VPN_MEDIC_REPAIR_FUNCTION'] || null,
    sshFunction: env['VPN_MEDIC_REPAIR_SHELL_FUNCTION'] || null,
    crlBuckets: crlBucketsOf(
      env['VPN_MEDIC_CRL_BUCKET'],
      env['VPN_MEDIC_CRL_PUBLIC_BUCKET'],
      env['VPN_MEDIC_CRL_PUBLIC_URL'],
      `${env['VPN_MEDIC_CRL_REPLICA_REGION'] ?? ''}:${env['VPN_MEDIC_CRL_REPLICA_BUCKET'] ?? ''}`,
    ),
    why: null,
  };
  if (stage === undefined && named.stateTable !== null) return named;
  const stackName = stackNameOf(stage, env);
  const port = await clients.stack(homeRegion);
  const reading = await port.outputs(stackName, AbortSignal.timeout(ASK_MS_MAX));
  const outputs = reading.known ? reading.value : null;
  if (outputs === null) {
    const why = reading.known
      ? `there is no stack ${stackName} in ${homeRegion}`
      : `the stack ${stackName} cannot be read: ${reading.why}`;
    if (stage === undefined) return { ...named, why };
    throw new Unable(`--stage ${stage}: ${why}; the stage and region are those of sls deploy`);
  }
  const functions = listOf(outputs.get('ProbeFunctionNames'));
  return {
    stateTable: asked || outputs.get('StateTableName') || null,
    probeFunctions: functions.length > 0 ? functions : named.probeFunctions,
    repairFunction: outputs.get('RepairFunctionName') ?? named.repairFunction,
    sshFunction: outputs.get('RepairShellFunctionName') ?? named.sshFunction,
    crlBuckets:
      crlBucketsOf(
        outputs.get('CrlBucketName'),
        outputs.get('CrlPublicBucketName'),
        outputs.get('CrlPublicUrl'),
        outputs.get('CrlReplica'),
      ) ?? named.crlBuckets,
    why: null,
  };
}

/** As the deployment names it. */
export const stackNameOf = (stage: string | undefined, env: Terminal['env']): string =>
  `${SERVICE}-${stage || env['VPN_MEDIC_STAGE'] || STAGE}`;

const crlBucketsOf = (
  inbox: string | undefined,
  published: string | undefined,
  url: string | undefined,
  replica: string = '',
): CrlBucketNames | null => {
  if (!inbox || !published) return null;
  const [region, bucket] = replica.split(':');
  const second = region && bucket ? { region, bucket } : null;
  return { inbox, published, url: url || null, replica: second };
};

const listOf = (text: string = ''): readonly string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
