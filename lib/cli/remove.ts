/** `vpn-medic remove`: deletes the stack that `vpn-medic deploy` made, and says what stays. */
import { shellQuoted } from '../core/text.ts';
import type { AwsClients } from './awsClients.ts';
import { settled } from './deploy/change.ts';
import { openDeploying, valueOf, within } from './deploy/open.ts';
import { isAgreed } from './operatorRequest.ts';
import { print } from './output/print.ts';
import { type Block, line, render, title } from './output/textBlocks.ts';
import { CANNOT_TELL, type ExitCode, type Terminal, Unable, WELL } from './terminal.ts';

export interface RemoveOptions {
  readonly region?: string;
  readonly stage?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Exit 1: declined, or no such stack. @throws {Unable} without credentials, and when something could not be deleted. */
export async function remove(
  options: RemoveOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const removing = await openDeploying(options, terminal, clients);
  const { look, stackName, stage, region, port } = removing;
  if (look === null) throw new Unable(`there is no stack ${stackName} in ${region}`);
  if (look.outputs.has('ServerlessDeploymentBucketName')) {
    throw new Unable(
      `the stack ${stackName} was made by sls deploy: npx sls remove --stage ${shellQuoted(stage)} --region ${region} also empties its bucket`,
    );
  }
  const kept = KEPT.flatMap((name) => look.outputs.get(name) ?? []);
  const codeBucket = look.parameters.get('codeBucket');
  const says: readonly Block[] = [
    title(`Remove ${stackName} in ${region}`),
    line(
      'From then on no route moves, nothing is repaired and nothing is notified. The state table is deleted; its last backup stays for 35 days.',
    ),
    ...kept.map((name) => line(`Kept, because it holds data: bucket ${name}`)),
    ...(codeBucket === undefined
      ? []
      : [line(`Kept, for other stacks: bucket ${codeBucket}, with the functions’ code`)]),
  ];
  if (options.json !== true) terminal.out(render(says, terminal));
  if (!(await isAgreed({ question: `Delete the stack ${stackName}?` }, options, terminal))) {
    terminal.out('Nothing was removed.\n');
    return CANNOT_TELL;
  }
  valueOf(await port.remove(stackName, within()), `deleting ${stackName}`);
  const left = await settled(removing);
  if (left !== null) {
    const causes = await port.failures(stackName, within());
    const why = causes.known ? causes.value : [causes.why];
    throw new Unable(
      [`the stack ${stackName} is ${left.status}:`, ...why.map((one) => `- ${one}`)].join('\n'),
    );
  }
  print(terminal, options.json, { version: 1, region, stack: stackName, kept, codeBucket }, [
    line(`${stackName} is removed.`),
  ]);
  return WELL;
}

/** Outputs that name the buckets which outlive the stack. */
const KEPT = ['CrlBucketName', 'CrlPublicBucketName'] as const;
