/** `vpn-medic deploy`: the package's template as a stack of this account, by a change set that is shown before it is carried out. */
import { compare } from '../core/order.ts';
import type { CodeBucket, StackLook, StackProposal } from '../core/stackChangePort.ts';
import { counted, shellQuoted } from '../core/text.ts';
import type { AwsClients } from './awsClients.ts';
import { agreedChange, carryOutChange } from './deploy/change.ts';
import { type Deploying, openDeploying, valueOf, within } from './deploy/open.ts';
import { givenParameters, parametersFor } from './deploy/parameters.ts';
import { type Deployment, readDeployment, templateObject } from './deployment.ts';
import { isAgreed } from './operatorRequest.ts';
import { print } from './output/print.ts';
import { blank, line, table, title } from './output/textBlocks.ts';
import { CANNOT_TELL, type ExitCode, type Terminal, Unable, WELL } from './terminal.ts';

export interface DeployOptions {
  readonly region?: string;
  readonly stage?: string;
  readonly param?: readonly string[];
  readonly bucket?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Exit 1: declined. @throws {Unable} for wrong parameters, without credentials, and when CloudFormation refuses. */
export async function deploy(
  options: DeployOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const deployment = await readDeployment();
  const deploying = await openDeploying(options, terminal, clients);
  const { look, stage, stackName } = deploying;
  refuseUnready(look, stackName, stage);
  const present = look?.parameters ?? new Map<string, string>();
  const given = givenParameters(options.param ?? [], stage, deployment.parameters, present);
  const bucket = { name: options.bucket ?? ownBucket(deploying), accountId: deploying.accountId };
  if (!(await upload(deployment, bucket, deploying, options))) return declined(terminal);
  const prefix = deployment.parameters.get('codePrefix')?.default ?? '';
  const proposal: StackProposal = {
    stackName,
    isNew: isNew(look),
    templateBucket: bucket.name,
    templateKey: `${prefix}${templateObject(deployment)}`,
    parameters: new Map([
      ...parametersFor(deployment.parameters, present, given),
      ['stage', stage],
      ['codeBucket', bucket.name],
      ['codePrefix', prefix],
    ]),
    tags: { application: 'vpn-medic', stage },
  };
  const change = await agreedChange(proposal, deploying, options);
  if (change === null) return declined(terminal);
  const after = change === 'nothing' ? look : await carryOutChange(change, deploying);
  report(after, change === 'nothing', deploying, options);
  return WELL;
}

function declined(terminal: Terminal): ExitCode {
  terminal.out('Nothing was deployed.\n');
  return CANNOT_TELL;
}

/** A change set that was never carried out leaves a stack without anything in it. */
const isNew = (look: StackLook | null): boolean =>
  look === null || look.status === 'REVIEW_IN_PROGRESS';

function refuseUnready(look: StackLook | null, stackName: string, stage: string): void {
  if (isNew(look) || look === null) return;
  if (look.outputs.has('ServerlessDeploymentBucketName')) {
    throw new Unable(
      `the stack ${stackName} was made by sls deploy: deploy it from a clone (npx sls deploy --stage ${shellQuoted(stage)}), or remove it there first`,
    );
  }
  if (look.status === 'ROLLBACK_COMPLETE') {
    throw new Unable(
      `the first deployment of ${stackName} failed and was rolled back: vpn-medic remove --stage ${shellQuoted(stage)}, then deploy again`,
    );
  }
  if (!look.status.endsWith('_COMPLETE')) {
    throw new Unable(`the stack ${stackName} is ${look.status}: wait until it is complete`);
  }
}

const ownBucket = ({ accountId, region }: Deploying): string =>
  `vpn-medic-code-${accountId}-${region}`;

/** False: the bucket was not agreed to. Objects are named by what is inside, so that nothing is ever written over. */
async function upload(
  deployment: Deployment,
  bucket: CodeBucket,
  deploying: Deploying,
  options: DeployOptions,
): Promise<boolean> {
  const { port, terminal, region } = deploying;
  const isThere = valueOf(await port.hasBucket(bucket, within()), `the bucket ${bucket.name}`);
  if (!isThere) {
    if (options.bucket !== undefined) {
      throw new Unable(
        `there is no bucket ${bucket.name} in this account: make it in ${region}, or leave --bucket out`,
      );
    }
    const question = `Make the bucket ${bucket.name} for the functions’ code?`;
    if (!(await isAgreed({ question }, options, terminal))) return false;
    valueOf(await port.makeBucket(bucket, within()), `the bucket ${bucket.name}`);
  }
  // Of the one that it makes by itself: a deployment may have ended before it was closed, or it was opened by another.
  if (options.bucket === undefined) {
    valueOf(await port.closeBucket(bucket, within()), `the bucket ${bucket.name}`);
  }
  const prefix = deployment.parameters.get('codePrefix')?.default ?? '';
  const objects = new Map([
    ...deployment.code,
    [templateObject(deployment), Buffer.from(deployment.template)],
  ]);
  let uploadedCount = 0;
  for (const [name, bytes] of objects) {
    const isNewObject = valueOf(
      await port.putCode(bucket, `${prefix}${name}`, bytes, within()),
      `s3://${bucket.name}/${prefix}${name}`,
    );
    if (isNewObject) uploadedCount += 1;
  }
  terminal.progress?.(
    `s3://${bucket.name}/${prefix}: ${counted(objects.size, 'object')}, ${uploadedCount} uploaded`,
  );
  return true;
}

function report(
  look: StackLook | null,
  isUnchanged: boolean,
  { region, stackName, stage, terminal }: Deploying,
  { json, param = [] }: DeployOptions,
): void {
  const outputs = [...(look?.outputs ?? [])].toSorted(([one], [other]) => compare(one, other));
  print(
    terminal,
    json,
    { version: 1, region, stack: stackName, isUnchanged, outputs: Object.fromEntries(outputs) },
    [
      title(
        isUnchanged
          ? `${stackName} is as it should be: nothing to deploy`
          : `${stackName} is deployed`,
      ),
      table(['OUTPUT', 'VALUE'], outputs),
      blank,
      ...(param.some((word) => word.startsWith('alertEmail='))
        ? [
            line(
              'Two messages ask for your consent: nothing else is sent before both are confirmed.',
            ),
          ]
        : []),
      line(
        `Next: vpn-medic setup --region ${region} (what to tag), then vpn-medic check --region ${region} --stage ${shellQuoted(stage)}`,
      ),
    ],
  );
}
